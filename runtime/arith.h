#pragma once

#include <algorithm>
#include <cstdint>

/// The integer arithmetic of a quantized network, and the only place it is written down. It is
/// normative: every backend calls these functions or must equal them bit for bit.
/// All are constexpr, so they are checked at compile time and run on the GPU unchanged. All are free of
/// branches, so a loop over channels vectorises. None can overflow in a plan that validate() has passed.
namespace zsq::runtime {

/// A positive real factor as multiplier * 2^-(first_shift + second_shift).
/// Not one 31-bit multiplier: its 64-bit product makes a vector epilogue twice as slow.
struct Rescale {
  std::int16_t multiplier;    // [2^14, 2^15); beside a residual [1, 2^15)
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

/// All values of a signed integer of that many bits, 2..8.
constexpr Clamp range_of(int bits) { return {-(1 << (bits - 1)), (1 << (bits - 1)) - 1}; }

/// v * 2^-shift, to nearest, ties up. shift in [0, 31]. Requires |v| + 2^(shift-1) < 2^31.
constexpr std::int32_t shift_round(std::int32_t v, int shift) {
  return (v + static_cast<std::int32_t>((std::uint32_t{1} << shift) >> 1)) >> shift;
}

/// The first rounding: an accumulator to the 16-bit middle, saturated.
constexpr std::int32_t middle(std::int32_t acc, int first_shift) {
  return std::clamp(shift_round(acc, first_shift), -32768, 32767);
}

/// A Rescale in 32-bit lanes, for loops over channels.
struct WideRescale {
  std::int32_t multiplier, first_shift, second_shift;
};

/// acc * r in two roundings, before the zero point is added.
/// Within one step of the exactly rounded product wherever that product fits 9 bits.
template <class R = Rescale>  // or WideRescale
constexpr std::int32_t rescale(std::int32_t acc, R r) {
  return shift_round(middle(acc, r.first_shift) * r.multiplier, r.second_shift);
}

/// Adds the output's zero point and clamps. `To` is int32 where the value stays in a 32-bit lane.
template <class To = std::int8_t>
constexpr To to_activation(std::int32_t v, std::int32_t zero_point, Clamp clamp) {
  return static_cast<To>(std::clamp(v + zero_point, clamp.low, clamp.high));
}

/// An int32 accumulator to an int8 activation. Also of an average pool, whose accumulator is the window's sum
/// of (x - zero point), and of a product of two activations.
template <class To = std::int8_t, class R = Rescale>
constexpr To requantize(std::int32_t acc, R r, std::int32_t zero_point, Clamp clamp) {
  return to_activation<To>(rescale(acc, r), zero_point, clamp);
}

/// What a fused residual adds before the second rounding: (q - zero point) * multiplier * 2^shift.
constexpr std::int32_t residual_term(std::int32_t q_less_zero_point, std::int32_t multiplier, int shift) {
  return q_less_zero_point * multiplier * (std::int32_t{1} << shift);
}

/// An int32 accumulator and a residual_term to an int8 activation: one rounding after the middle one.
template <class To = std::int8_t, class R = Rescale>
constexpr To requantize(std::int32_t acc, std::int32_t residual, R r, std::int32_t zero_point, Clamp clamp) {
  const std::int32_t sum = middle(acc, r.first_shift) * r.multiplier + residual;
  return to_activation<To>(shift_round(sum, r.second_shift), zero_point, clamp);
}

/// The sum of two activations, each less its zero point, on their own scales; shift in [1, 30].
struct AddFactors {
  std::int32_t a_multiplier = 0, b_multiplier = 0, shift = 1;
};
constexpr std::int8_t add(std::int32_t a, std::int32_t b, AddFactors f, std::int32_t zero_point,
                          Clamp clamp) {
  return to_activation(shift_round(a * f.a_multiplier + b * f.b_multiplier, f.shift), zero_point, clamp);
}

/// A uint8 pixel to an activation; the offset holds mean, zero point and the half that rounds.
constexpr std::int8_t pixel(std::int32_t p, std::int32_t multiplier, std::int32_t offset, int shift,
                            Clamp clamp) {
  return to_activation((p * multiplier + offset) >> shift, 0, clamp);
}

/// An int32 accumulator to a wide value, on the scale that all channels of its slot share. validate() proves
/// that the middle does not saturate.
constexpr std::int32_t to_wide(std::int32_t acc, int shift, std::int32_t multiplier) {
  return middle(acc, shift) * multiplier;
}

/// The sum over a window, of values already shifted, to a wide value; the multiplier holds the divisor.
constexpr std::int32_t wide_average(std::int32_t sum, int post_shift, std::int32_t multiplier) {
  return shift_round(sum, post_shift) * multiplier;
}

/// What a wide value becomes below zero, and the values it may take.
struct WideSlope {
  std::int32_t multiplier = 1;
  int shift = 0;  // [0, 31]
};
struct WideClamp {
  std::int32_t low, high;  // low <= high
};
constexpr std::int32_t wide_activation(std::int32_t x, WideSlope below_zero, WideClamp clamp) {
  const std::int32_t v = x < 0 ? shift_round(x, below_zero.shift) * below_zero.multiplier : x;
  return std::clamp(v, clamp.low, clamp.high);
}

/// The two places of an input between which an output place of bilinear upsampling lies, and their weights,
/// which are >= 0 and sum to 2 * factor. Half-pixel centres: output place i lies at (2 * i + 1 - factor) / (2
/// * factor); beyond the edge is the edge.
struct Between {
  std::int64_t first, second;
  std::int32_t first_weight, second_weight;
};
constexpr Between between(std::int64_t place, std::int64_t factor, std::int64_t extent) {
  const std::int64_t from_before = 2 * place + 1 + factor;  // 2 * factor times the distance from place -1
  const std::int64_t before = from_before / (2 * factor) - 1;
  const auto weight = static_cast<std::int32_t>(from_before % (2 * factor));
  return {std::max<std::int64_t>(before, 0), std::min(before + 1, extent - 1),
          static_cast<std::int32_t>(2 * factor) - weight, weight};
}

/// The Rescale nearest to a real factor in (0, 2^14). A factor too small to move any int32 by half a step is
/// zero in effect. Throws zsq::Error outside the range.
Rescale to_rescale(double factor);

}  // namespace zsq::runtime
