#include "quantize/learned/grid_kernel.h"

#include <algorithm>
#include <cmath>

#include "graph/torch/per_instruction_set.h"

namespace zsq::quantize {
namespace {

constexpr std::size_t kChunk = 4096;  // values whose share of the scale's gradient is summed in float

/// The finisher of MurmurHash3 over a counter: a bit of it for each place, with no state to carry.
inline std::uint32_t hash(std::uint32_t place, std::uint32_t seed) {
  std::uint32_t h = place * 0x9E3779B9U + seed;
  h = (h ^ (h >> 16)) * 0x85EBCA6BU;
  h = (h ^ (h >> 13)) * 0xC2B2AE35U;
  return h ^ (h >> 16);
}

ZSQ_PER_INSTRUCTION_SET void forward(const float* x, std::size_t n, GridPass p, float* out) {
  const float inverse = 1 / p.scale;
  for (std::size_t i = 0; i < n; ++i) {
    const float code = std::min(std::max(std::floor(x[i] * inverse + 0.5F), p.low), p.high);
    const bool dropped = hash(static_cast<std::uint32_t>(i), p.seed) < p.keep_from;
    out[i] = dropped ? x[i] : code * p.scale;
  }
}

ZSQ_PER_INSTRUCTION_SET float backward(const float* x, const float* dy, std::size_t begin, std::size_t n,
                                       GridPass p, float* dx) {
  const float inverse = 1 / p.scale;
  constexpr std::size_t kLanes = 16;
  float sums[kLanes] = {};
  const auto one = [&](std::size_t i, float& sum) {
    const float v = x[i] * inverse;
    const float rounded = std::floor(v + 0.5F);
    const bool dropped = hash(static_cast<std::uint32_t>(begin + i), p.seed) < p.keep_from;
    const bool below = rounded<p.low, above = rounded> p.high;
    const float slope = below ? p.low : above ? p.high : rounded - v;
    sum += dropped ? 0 : dy[i] * slope;
    dx[i] = !dropped && (below || above) ? 0 : dy[i];
  };
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) one(i + lane, sums[lane]);
  for (; i < n; ++i) one(i, sums[0]);
  float sum = 0;
  for (const float s : sums) sum += s;
  return sum;
}

}  // namespace

void grid_forward(std::span<const float> x, const GridPass& pass, std::span<float> out) {
  forward(x.data(), x.size(), pass, out.data());
}

double grid_backward(std::span<const float> x, std::span<const float> dy, const GridPass& pass,
                     std::span<float> dx) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); i += kChunk)
    sum += backward(x.data() + i, dy.data() + i, i, std::min(kChunk, x.size() - i), pass, dx.data() + i);
  return sum;
}

ZSQ_PER_INSTRUCTION_SET void mix(std::span<const float> one, std::span<const float> other,
                                 const GridPass& pass, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = hash(static_cast<std::uint32_t>(i), pass.seed) < pass.keep_from ? other[i] : one[i];
}

}  // namespace zsq::quantize
