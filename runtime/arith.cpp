#include "runtime/arith.h"

#include <cmath>

#include "graph/check.h"

namespace zsq::runtime {

Rescale to_rescale(double factor) {
  constexpr int kMultiplierBits = 15, kMaxFirstShift = 31, kMaxSecondShift = 21;
  const auto refuse_unless = [&](bool ok) {
    check(ok, Fault::unsupported, "a rescale factor of ", factor, " is out of range");
  };
  refuse_unless(factor > 0 && factor < 0x1p14);
  int exponent = 0;
  const double mantissa = std::frexp(factor, &exponent);  // in [0.5, 1)
  long multiplier = std::lround(std::ldexp(mantissa, kMultiplierBits));
  if (multiplier == 1L << kMultiplierBits) {
    multiplier /= 2;
    ++exponent;
  }
  refuse_unless(exponent < kMultiplierBits);  // it may have rounded up to 2^14
  const int shift = std::min(kMultiplierBits - exponent, kMaxFirstShift + kMaxSecondShift);
  const int second = std::min(shift, kMaxSecondShift);
  return {static_cast<std::int16_t>(multiplier), static_cast<std::uint8_t>(shift - second),
          static_cast<std::uint8_t>(second)};
}

}  // namespace zsq::runtime
