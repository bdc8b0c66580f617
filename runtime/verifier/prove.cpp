#include "runtime/verifier/prove.h"

#include <algorithm>
#include <cstdlib>

#include "graph/check.h"

namespace zsq::runtime {
namespace {

constexpr std::int64_t kLimit = std::int64_t{1} << 31;

std::int64_t half(int shift) { return (std::int64_t{1} << shift) >> 1; }

}  // namespace

void prove_fits(std::int64_t bound, const char* what) {
  check(bound < kLimit, Fault::verification, what, " could reach ", bound, ", which does not fit 32 bits");
}

std::int64_t magnitude(const Slot& slot) { return -std::int64_t{range_of(slot.bits).low}; }

std::int64_t centred_magnitude(const Slot& slot) {
  const Clamp range = range_of(slot.bits);
  return std::max(slot.zero_point - range.low, range.high - slot.zero_point);
}

std::vector<std::int64_t> accumulator_bounds(const Kernel& kernel, const Slot& in) {
  const std::size_t taps = kernel.weight.size() / kernel.bias.size();
  std::vector<std::int64_t> bounds;
  for (std::size_t o = 0; o < kernel.bias.size(); ++o) {
    std::int64_t sum = 0;  // of at most 2^47 values of at most 2^7: no file holds more
    for (const std::int8_t w : std::span(kernel.weight).subspan(o * taps, taps)) sum += std::abs(int{w});
    bounds.push_back(std::abs(std::int64_t{kernel.bias[o]}) + sum * magnitude(in));
  }
  return bounds;
}

void prove_rounding(std::int64_t acc_bound, int shift) {
  prove_fits(acc_bound + half(shift), "an accumulator with its rounding");
}

void prove_rescale(std::int64_t acc_bound, Rescale r, std::int64_t beside) {
  prove_rounding(acc_bound, r.first_shift);
  const std::int64_t middle_bound =
      std::min((acc_bound + half(r.first_shift)) >> r.first_shift, std::int64_t{32768});
  prove_fits(middle_bound * r.multiplier + beside + half(r.second_shift), "a rescaled sum with its rounding");
}

void prove_logit(std::int64_t acc_bound, int shift, std::int64_t multiplier) {
  prove_rounding(acc_bound, shift);
  const std::int64_t middle_bound = (acc_bound + half(shift)) >> shift;
  check(middle_bound <= 32767, Fault::verification, "a logit could reach ", middle_bound,
        " after its shift, which does not fit 16 bits");
  prove_fits(middle_bound * multiplier, "a logit");
}

void prove_pixel(std::int64_t multiplier, std::int64_t offset) {
  prove_fits(255 * std::abs(multiplier), "a pixel's product");
  prove_fits(std::abs(offset), "a pixel's offset");
  for (const std::int64_t p : {0, 255}) prove_fits(std::abs(p * multiplier + offset), "a scaled pixel");
}

}  // namespace zsq::runtime
