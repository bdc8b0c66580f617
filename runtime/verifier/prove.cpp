#include "runtime/verifier/prove.h"

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

std::int64_t prove_rounding(std::int64_t bound, int shift) {
  prove_fits(bound + half(shift), "an accumulator with its rounding");
  return (bound + half(shift)) >> shift;
}

void prove_rescale(std::int64_t acc_bound, Rescale r, Beside beside) {
  prove_rounding(acc_bound, r.first_shift);
  prove_fits(sum_bound(acc_bound, r, beside), "a rescaled sum with its rounding");
}

void prove_middle(std::int64_t acc_bound, Rescale r, Beside beside, Clamp out) {
  check(middle_suffices(acc_bound, r, beside, out), Fault::verification,
        "the 16-bit middle could cut off an accumulator of ", acc_bound, " that its residual, from ",
        beside.low, " to ", beside.high, ", would bring back within [", out.low, ", ", out.high, ']');
}

std::int64_t prove_to_wide(std::int64_t acc_bound, int shift, std::int64_t multiplier) {
  const std::int64_t middle = prove_rounding(acc_bound, shift);
  check(middle <= 32767, Fault::verification, "a wide value could reach ", middle,
        " after its shift, which does not fit 16 bits");
  return middle * multiplier;
}

void prove_pixel(std::int64_t multiplier, std::int64_t offset) {
  prove_fits(255 * std::abs(multiplier), "a pixel's product");
  prove_fits(std::abs(offset), "a pixel's offset");
  for (const std::int64_t p : {0, 255}) prove_fits(std::abs(p * multiplier + offset), "a scaled pixel");
}

}  // namespace zsq::runtime
