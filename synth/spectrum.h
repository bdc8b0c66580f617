#pragma once

#include <vector>

#include <torch/types.h>

#include "graph/preprocessing.h"

namespace zsq::synth {

/// Where the power of a set of images lies: by octave of the radial frequency, the finest first (above 1/4 of
/// a cycle a pixel, 1/8 to 1/4, ...), down to four cycles an image. Of pixels in 0..1, mean over the images.
/// Photographs have about the same power in each octave (Field 1987), a little less in the finest, and little
/// of it is colour.
struct Spectrum {
  std::vector<double> brightness;  // power of the mean of the channels
  std::vector<double> colour;      // of what the channels differ from it, added up over them
  double speckle = 0;  // largest power of the finest colour octave in a sixteenth of an image, over all of
                       // it: a corner full of coloured dots is far above 1
};

/// images: [n, c, h, w], normalised; below 16 x 16 pixels there is nothing to say. Throws Error as
/// images::pixel_range does.
Spectrum measure_spectrum(const torch::Tensor& images, const Preprocessing& preprocessing);

}  // namespace zsq::synth
