#pragma once

#include <torch/types.h>

#include "graph/preprocessing.h"
#include "images/pixels.h"

/// Between normalised images and pixels: value = (pixel / 255 - mean) / deviation, channel by channel.
/// Channels stay in the network's order. Everything here throws Error (Fault::data) where the preprocessing
/// does not have one mean and one positive deviation per channel of the images.
namespace zsq::images {

/// The values that pixels 0 and 255 stand for: tensors [1, c, 1, 1].
struct PixelRange {
  torch::Tensor low, high;
};

PixelRange pixel_range(const Preprocessing& preprocessing, std::int64_t channels);

/// [n, h, w, c] uint8, the same values.
torch::Tensor to_tensor(const Pixels& pixels);

/// images: [n, c, h, w] float32, normalised. Returns [n, h, w, c] uint8: the nearest pixels.
torch::Tensor to_pixels(const torch::Tensor& images, const Preprocessing& preprocessing);

/// pixels: [n, h, w, c] uint8. Returns [n, c, h, w] float32, normalised, contiguous.
/// to_pixels(from_pixels(p)) == p.
torch::Tensor from_pixels(const torch::Tensor& pixels, const Preprocessing& preprocessing);

}  // namespace zsq::images
