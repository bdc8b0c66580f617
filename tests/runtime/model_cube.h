#pragma once

#include <cstdint>
#include <vector>

#include "runtime/kernel.h"
#include "tests/runtime/model_arith.h"

/// What the second model computes with.
namespace zsq::runtime::model {

/// One tensor of one image, NCHW.
struct Cube {
  std::int64_t c = 0, h = 0, w = 0;
  std::vector<Wide> values;

  Cube() = default;
  Cube(std::int64_t c_, std::int64_t h_, std::int64_t w_, Wide fill = 0)
      : c(c_), h(h_), w(w_), values(static_cast<std::size_t>(c_ * h_ * w_), fill) {}

  Wide& operator()(std::int64_t k, std::int64_t y, std::int64_t x) {
    return values.at(static_cast<std::size_t>((k * h + y) * w + x));
  }
  Wide operator()(std::int64_t k, std::int64_t y, std::int64_t x) const {
    return values.at(static_cast<std::size_t>((k * h + y) * w + x));
  }
};

/// The image with that value around it.
Cube padded(const Cube& in, const Padding& p, Wide fill);

/// Where the tap of an output place lies along one side.
constexpr Wide place(std::int64_t output, int stride, int tap, int dilation) {
  return output * stride + std::int64_t{tap} * dilation;
}

/// [outputs][h][w] of accumulators.
Cube correlate(const Kernel& kernel, const Cube& image, Wide zero_point);

/// By output, the largest |accumulator| that inputs of that many bits make.
std::vector<Wide> bounds(const Kernel& kernel, int bits);

/// The weight, in units of 1 / (2 * factor), that bilinear upsampling gives an input's place at an output's:
/// the part of a triangle as wide as two places that lies over it. The edge's places take what lies beyond.
Wide triangle(std::int64_t place, std::int64_t at, Wide factor, std::int64_t extent);

}  // namespace zsq::runtime::model
