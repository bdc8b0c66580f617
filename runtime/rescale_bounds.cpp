#include "runtime/rescale_bounds.h"

#include <algorithm>

namespace zsq::runtime {
namespace {

constexpr Clamp kMiddle{-32768, 32767};

std::int64_t rounded(std::int64_t v, int shift) { return (v + ((std::int64_t{1} << shift) >> 1)) >> shift; }

}  // namespace

Beside residual_reach(const Slot& in, std::int64_t multiplier, int shift) {
  const Clamp range = range_of(in.bits);
  return {((range.low - in.zero_point) * multiplier) << shift, ((range.high - in.zero_point) * multiplier)
                                                                   << shift};
}

std::int64_t sum_bound(std::int64_t acc_bound, Rescale r, Beside beside) {
  const std::int64_t middle = std::min(rounded(acc_bound, r.first_shift), -std::int64_t{kMiddle.low});
  return middle * r.multiplier + std::max(-beside.low, beside.high) +
         ((std::int64_t{1} << r.second_shift) >> 1);
}

bool middle_suffices(std::int64_t acc_bound, Rescale r, Beside beside, Clamp out) {
  const std::int64_t middle = rounded(acc_bound, r.first_shift);  // without saturation
  const auto sum = [&](std::int64_t end, std::int64_t opposing) {
    return rounded(end * r.multiplier + opposing, r.second_shift);
  };
  return (middle <= kMiddle.high || sum(kMiddle.high, beside.low) >= out.high) &&
         (middle <= -kMiddle.low || sum(kMiddle.low, beside.high) <= out.low);
}

}  // namespace zsq::runtime
