#pragma once

#include <cstdint>
#include <span>

namespace zsq::quantize {

/// Scale, bounds and drop of one pass over a tensor, in the form the loops need.
struct GridPass {
  float scale = 1;
  float low = 0, high = 0;      // bounds of the code, less the zero point
  std::uint32_t keep_from = 0;  // a place whose hash is below it is dropped
  std::uint32_t seed = 0;
};

/// out = scale * clamp(round(x / scale), low, high) where a place is not dropped, else x.
void grid_forward(std::span<const float> x, const GridPass& pass, std::span<float> out);

/// dx from dy; returns the gradient of the scale.
double grid_backward(std::span<const float> x, std::span<const float> dy, const GridPass& pass,
                     std::span<float> dx);

/// out[i] = one[i], or other[i] where the place is dropped.
void mix(std::span<const float> one, std::span<const float> other, const GridPass& pass,
         std::span<float> out);

}  // namespace zsq::quantize
