#pragma once

#include <span>

#include <torch/types.h>

#include "apps/image_set.h"
#include "graph/array.h"

namespace zsq::apps {

/// The uint8 pixels that a network takes, [n, h, w, c] in its channel order: decoded, resized and cropped as
/// `preprocessing` says. `input` is the network's, of one image. Throws Error (Fault::data) for a file that
/// is no picture, or one whose size after resize and crop is not the network's.
torch::Tensor load_pixels(std::span<const ImageSource> images, const Preprocessing& preprocessing,
                          const Shape& input);

}  // namespace zsq::apps
