#include "quantize/round_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace zsq::quantize {
namespace {

int highest_code(int bits) { return (1 << (bits - 1)) - 1; }

/// One channel in the middle of being rounded.
struct Rounded {
  std::vector<double> left;  // weight / scale - code: what rounding left over
  std::vector<std::int8_t> code;
  int highest;

  bool can_move(std::size_t i, int step) const { return std::abs(code[i] + step) <= highest; }
  void move(std::size_t i, int step) {
    code[i] = static_cast<std::int8_t>(code[i] + step);
    left[i] -= step;
  }
};

Rounded nearest(std::span<const float> weights, double scale, int bits) {
  Rounded r{{}, {}, highest_code(bits)};
  for (const float w : weights) {
    const double real = w / scale;
    const double code = std::clamp<double>(std::floor(real + 0.5), -r.highest, r.highest);
    r.code.push_back(static_cast<std::int8_t>(code));
    r.left.push_back(real - code);
  }
  return r;
}

double sum_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// Moves codes of one kernel, those with most left over first, until the kernel's left-overs cancel to a
/// half.
void balance_kernel(Rounded& r, std::size_t begin, std::size_t taps) {
  const double sum = sum_of(std::span(r.left).subspan(begin, taps));
  const int step = sum > 0 ? 1 : -1;
  std::vector<std::size_t> order(taps);
  std::iota(order.begin(), order.end(), begin);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return step * r.left[i]; });
  auto moves = static_cast<long>(std::floor(std::abs(sum) + 0.5));
  for (const std::size_t i : order) {
    if (moves == 0 || step * r.left[i] <= 0) break;
    if (!r.can_move(i, step)) continue;
    r.move(i, step);
    --moves;
  }
}

/// Moves at most one code in each kernel until the whole channel's left-overs cancel to a half.
void balance_channel(Rounded& r, std::size_t taps) {
  const double sum = sum_of(r.left);
  const int step = sum > 0 ? 1 : -1;
  struct Candidate {
    double kernel_sum;
    std::size_t tap;
  };
  std::vector<Candidate> candidates;
  for (std::size_t begin = 0; begin < r.left.size(); begin += taps) {
    std::size_t best = begin;
    for (std::size_t i = begin; i < begin + taps; ++i)
      if (step * r.left[i] > step * r.left[best]) best = i;
    const double kernel_sum = step * sum_of(std::span(r.left).subspan(begin, taps));
    if (kernel_sum > 0 && step * r.left[best] > 0 && r.can_move(best, step))
      candidates.push_back({kernel_sum, best});
  }
  std::ranges::stable_sort(candidates, std::greater{}, &Candidate::kernel_sum);
  const auto moves = static_cast<std::size_t>(std::floor(std::abs(sum) + 0.5));
  for (std::size_t i = 0; i < std::min(moves, candidates.size()); ++i) r.move(candidates[i].tap, step);
}

double rounding_error(std::span<const float> weights, double scale, int bits) {
  double sum = 0;
  for (const double left : nearest(weights, scale, bits).left) sum += std::pow(std::abs(left) * scale, 2.4);
  return sum;
}

}  // namespace

std::vector<std::int8_t> round_channel(std::span<const float> weights, std::size_t kernel, double scale,
                                       int bits, Rounding rounding) {
  Rounded r = nearest(weights, scale, bits);
  if (rounding != Rounding::nearest) {
    for (std::size_t begin = 0; begin < weights.size(); begin += kernel) balance_kernel(r, begin, kernel);
    balance_channel(r, kernel);
  }
  return r.code;
}

double choose_scale(std::span<const float> weights, int bits, RangeMethod method) {
  double largest = 0;
  for (const float w : weights) largest = std::max(largest, std::abs(double{w}));
  const double full = largest / highest_code(bits);
  if (!(full > 0) || method == RangeMethod::min_max) return full;
  double best = full, least = rounding_error(weights, full, bits);
  for (int i = 99; i >= 20; --i) {
    const double candidate = full * i / 100;
    const double error = rounding_error(weights, candidate, bits);
    if (error < least) {
      least = error;
      best = candidate;
    }
  }
  return best;
}

QuantizedWeight quantize_weight(const Array& weight, std::span<const double> smallest_scale,
                                const Scheme& scheme) {
  QuantizedWeight q{.bits = scheme.weight_bits, .codes = {}, .scale = {}};
  const auto outputs = static_cast<std::size_t>(weight.shape.n);
  const std::size_t per_output = weight.values.size() / outputs;
  const auto taps = static_cast<std::size_t>(weight.shape.h * weight.shape.w);
  const bool shared = scheme.granularity == Granularity::tensor;
  const double of_tensor = shared ? choose_scale(weight.values, scheme.weight_bits, scheme.weight_range) : 0;
  for (std::size_t o = 0; o < outputs; ++o) {
    const auto channel = std::span(weight.values).subspan(o * per_output, per_output);
    const double scale =
        std::max(shared ? of_tensor : choose_scale(channel, scheme.weight_bits, scheme.weight_range),
                 smallest_scale[o]);
    std::vector<std::int8_t> codes(per_output, 0);
    if (scale > 0) codes = round_channel(channel, taps, scale, scheme.weight_bits, rounding_of(scheme));
    const bool constant = std::ranges::all_of(codes, [](std::int8_t c) { return c == 0; });
    q.scale.push_back(constant ? 1.0 : scale);
    q.codes.insert(q.codes.end(), codes.begin(), codes.end());
  }
  return q;
}

}  // namespace zsq::quantize
