#pragma once

#include <torch/types.h>

#include "graph/preprocessing.h"

namespace zsq::synth {

/// What photographs have in common, normalised: tensors [c]. A pixel's mean is about 0.45 of full scale and
/// its deviation about 0.225, whatever the collection (ImageNet: 0.449 and 0.226).
struct NaturalImage {
  torch::Tensor mean, deviation;
};

/// Throws Error as images::pixel_range does.
NaturalImage natural_image(const Preprocessing& preprocessing, std::int64_t channels);

}  // namespace zsq::synth
