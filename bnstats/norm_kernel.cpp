#include "bnstats/norm_kernel.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>
#include <vector>

#include "graph/torch/per_instruction_set.h"

namespace zsq::bnstats {
namespace {

constexpr std::int64_t kLanes = 16;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

/// Several rows side by side, so that their length is a multiple of kLanes whatever the number of channels.
struct Layout {
  std::int64_t period;  // floats in such a long row
  std::int64_t rows;    // whole long rows
  std::int64_t chunk;   // long rows whose sums are taken in float before they go to double; about 32 KiB

  Layout(std::size_t values, std::size_t channels)
      : period(std::lcm(static_cast<std::int64_t>(channels), kLanes)),
        rows(static_cast<std::int64_t>(values) / period),
        chunk(std::max<std::int64_t>(1, 8192 / period)) {}
};

std::vector<float> repeated(std::span<const float> per_channel, std::int64_t period) {
  std::vector<float> out(static_cast<std::size_t>(period));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = per_channel[i % per_channel.size()];
  return out;
}

void fold(const std::vector<double>& from, std::span<double> to) {
  for (std::size_t i = 0; i < from.size(); ++i) to[i % to.size()] += from[i];
}

ZSQ_PER_INSTRUCTION_SET void forward_chunk(const float* x, float* y, std::int64_t rows, std::int64_t period,
                                           const float* scale, const float* shift, float low, float high,
                                           double* sum, double* square) {
  const Lanes lows = Lanes{} + low;
  const Lanes highs = Lanes{} + high;
  for (std::int64_t c = 0; c < period; c += kLanes) {
    Lanes a, b, v, s{}, q{};
    std::memcpy(&a, scale + c, sizeof a);
    std::memcpy(&b, shift + c, sizeof b);
    for (std::int64_t r = 0; r < rows; ++r) {
      std::memcpy(&v, x + r * period + c, sizeof v);
      s += v;
      q += v * v;
      Lanes out = v * a + b;
      out = out < lows ? lows : out;  // in this order a NaN stays one
      out = out > highs ? highs : out;
      std::memcpy(y + r * period + c, &out, sizeof out);
    }
    for (std::int64_t i = 0; i < kLanes; ++i) {
      sum[c + i] += static_cast<double>(s[i]);
      square[c + i] += static_cast<double>(q[i]);
    }
  }
}

/// A plain loop, which GCC vectorises per instruction set; it takes vector comparisons apart before it makes
/// the copies.
ZSQ_PER_INSTRUCTION_SET void backward_chunk(const float* __restrict x, const float* __restrict dy,
                                            float* __restrict dx, std::int64_t rows, std::int64_t period,
                                            const float* __restrict scale, const float* __restrict shift,
                                            float low, float high, const float* __restrict offset,
                                            const float* __restrict slope) {
  for (std::int64_t r = 0; r < rows; ++r, x += period, dy += period, dx += period) {
    for (std::int64_t c = 0; c < period; ++c) {
      const float out = x[c] * scale[c] + shift[c];
      const float through = (out > low) & (out < high) ? scale[c] * dy[c] : 0.0F;
      dx[c] = through + (offset[c] + slope[c] * x[c]);
    }
  }
}

}  // namespace

void norm_forward(std::span<const float> x, const NormAffine& affine, std::span<float> y,
                  std::span<double> sum, std::span<double> square) {
  const std::size_t channels = affine.scale.size();
  assert(x.size() == y.size() && x.size() % channels == 0 && sum.size() == channels &&
         square.size() == channels);
  const Layout layout(x.size(), channels);
  const std::vector<float> scale = repeated(affine.scale, layout.period);
  const std::vector<float> shift = repeated(affine.shift, layout.period);
  std::vector<double> sums(scale.size());
  std::vector<double> squares(scale.size());
  for (std::int64_t r = 0; r < layout.rows; r += layout.chunk) {
    forward_chunk(x.data() + r * layout.period, y.data() + r * layout.period,
                  std::min(layout.chunk, layout.rows - r), layout.period, scale.data(), shift.data(),
                  affine.low, affine.high, sums.data(), squares.data());
  }
  fold(sums, sum);
  fold(squares, square);
  for (auto i = static_cast<std::size_t>(layout.rows * layout.period); i < x.size(); ++i) {  // rows left over
    const std::size_t c = i % channels;
    sum[c] += static_cast<double>(x[i]);
    square[c] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    y[i] = std::clamp(x[i] * affine.scale[c] + affine.shift[c], affine.low, affine.high);
  }
}

void norm_backward(std::span<const float> x, std::span<const float> dy, const NormAffine& affine,
                   std::span<const float> offset, std::span<const float> slope, std::span<float> dx) {
  const std::size_t channels = affine.scale.size();
  assert(x.size() == dy.size() && x.size() == dx.size() && offset.size() == channels &&
         slope.size() == channels);
  const Layout layout(x.size(), channels);
  const std::vector<float> scale = repeated(affine.scale, layout.period);
  const std::vector<float> shift = repeated(affine.shift, layout.period);
  const std::vector<float> offsets = repeated(offset, layout.period);
  const std::vector<float> slopes = repeated(slope, layout.period);
  for (std::int64_t r = 0; r < layout.rows; r += layout.chunk) {
    const std::int64_t at = r * layout.period;
    backward_chunk(x.data() + at, dy.data() + at, dx.data() + at, std::min(layout.chunk, layout.rows - r),
                   layout.period, scale.data(), shift.data(), affine.low, affine.high, offsets.data(),
                   slopes.data());
  }
  for (auto i = static_cast<std::size_t>(layout.rows * layout.period); i < x.size(); ++i) {  // rows left over
    const std::size_t c = i % channels;
    const float out = x[i] * affine.scale[c] + affine.shift[c];
    const float g = out > affine.low && out < affine.high ? dy[i] : 0.0F;
    dx[i] = affine.scale[c] * g + (offset[c] + slope[c] * x[i]);
  }
}

}  // namespace zsq::bnstats
