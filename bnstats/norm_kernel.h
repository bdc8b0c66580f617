#pragma once

#include <cstdint>
#include <span>

/// One pass over a channels-last activation that does what a batch norm, the activation behind it and the
/// measuring of its input's statistics do in four: these passes are memory-bound, and dominate synthesis.
/// Plain C++, one thread; the order of every sum depends on the extents alone.
namespace zsq::bnstats {

/// y = clamp(scale[c] * x + shift[c], low, high); spans are [channels].
struct NormAffine {
  std::span<const float> scale, shift;
  float low, high;  // -inf, inf: no activation
};

/// x, y: [rows, channels]. Adds x and x^2 per channel to sum and square, both [channels].
void norm_forward(std::span<const float> x, const NormAffine& affine, std::span<float> y,
                  std::span<double> sum, std::span<double> square);

/// dx = scale[c] * dy where low < scale[c] * x + shift[c] < high, else 0; plus offset[c] + slope[c] * x,
/// which is what the gradients of mean and variance add. x, dy, dx: [rows, channels]; offset, slope:
/// [channels].
void norm_backward(std::span<const float> x, std::span<const float> dy, const NormAffine& affine,
                   std::span<const float> offset, std::span<const float> slope, std::span<float> dx);

}  // namespace zsq::bnstats
