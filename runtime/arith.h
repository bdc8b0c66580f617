#pragma once

#include <algorithm>
#include <cstdint>

/// The integer arithmetic of a quantized network, and the only place it is written down. It is
/// normative: every backend calls these functions or must equal them bit for bit.
/// All are constexpr, so they are checked at compile time and run on the GPU unchanged.
namespace zsq::runtime {

/// A positive real factor as multiplier * 2^-(first_shift + second_shift).
/// Not one 31-bit multiplier: its 64-bit product makes a vector epilogue twice as slow.
struct Rescale {
  std::int16_t multiplier;    // [2^14, 2^15)
  std::uint8_t first_shift;   // [0, 31]; brings an accumulator to 16 bits
  std::uint8_t second_shift;  // [1, 21]; then one output step is at most 2^7, so 255 of them fit 16 bits
  bool operator==(const Rescale&) const = default;
};

/// The values an output may take; activation functions are fused by narrowing it.
struct Clamp {
  std::int32_t low = -128;
  std::int32_t high = 127;
  bool operator==(const Clamp&) const = default;
};

/// v * 2^-shift, to nearest, ties up. Requires |v| + 2^(shift-1) < 2^31.
constexpr std::int32_t shift_round(std::int32_t v, int shift) {
  return shift == 0 ? v : (v + (std::int32_t{1} << (shift - 1))) >> shift;
}

/// acc * r in two roundings, before the zero point is added.
/// Within one step of the exactly rounded product wherever that product fits 9 bits.
constexpr std::int32_t rescale(std::int32_t acc, Rescale r) {
  const std::int32_t middle = std::clamp(shift_round(acc, r.first_shift), -32768, 32767);
  return shift_round(middle * r.multiplier, r.second_shift);
}

/// An int32 accumulator to an int8 activation.
constexpr std::int8_t requantize(std::int32_t acc, Rescale r, std::int32_t zero_point, Clamp clamp) {
  return static_cast<std::int8_t>(std::clamp(rescale(acc, r) + zero_point, clamp.low, clamp.high));
}

/// The Rescale nearest to a real factor in (0, 2^14). A factor too small to move any int32 by half a step is zero in effect.
/// Throws zsq::Error outside the range.
Rescale to_rescale(double factor);

}  // namespace zsq::runtime
