#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>

/// A second model of the arithmetic, written from its rules and not from runtime/arith.h: 64-bit integers,
/// which no intermediate can overflow, and division that rounds down in place of shifts.
namespace zsq::runtime::model {

using Wide = std::int64_t;

constexpr Wide power(Wide exponent) { return Wide{1} << exponent; }

constexpr Wide floor_divide(Wide a, Wide b) {
  const Wide quotient = a / b;
  return a % b != 0 && a < 0 ? quotient - 1 : quotient;
}

/// v / 2^shift to nearest, ties up: floor(v / 2^shift + 1/2).
constexpr Wide round_half_up(Wide v, Wide shift) {
  return floor_divide(2 * v + power(shift), 2 * power(shift));
}

constexpr Wide sat16(Wide v) { return std::min<Wide>(std::max<Wide>(v, -32768), 32767); }

constexpr Wide clamp(Wide v, Wide low, Wide high) { return v < low ? low : v > high ? high : v; }

/// ((sat16(acc / 2^k) * m + beside) / 2^t): `beside` is a residual's (r - zp_r) * mr * 2^j.
constexpr Wide rescale(Wide acc, Wide m, Wide k, Wide t, Wide beside = 0) {
  return round_half_up(sat16(round_half_up(acc, k)) * m + beside, t);
}

/// An int32 as it must be; the model's own values never leave it in a plan that is valid.
inline Wide whole(Wide v) {
  if (v >= power(31) || v < -power(31)) throw std::logic_error("a value left 32 bits");
  return v;
}

}  // namespace zsq::runtime::model
