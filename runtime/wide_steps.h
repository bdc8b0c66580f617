#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "graph/op.h"
#include "runtime/kernel.h"
#include "runtime/slot.h"

/// The steps in which a network ends: their output is wide, so no grid cuts it off. validate() carries a
/// bound of |value| through them and proves that all of them stay inside int32.
namespace zsq::runtime {

/// A convolution or linear layer on one real scale that all its channels share: to_wide(acc[c], shift[c],
/// multiplier[c]). Plain accumulators could not be compared: each has the scale of its channel's weights.
/// The middle of to_wide is proven never to saturate.
struct WideConv2d {
  SlotId in{}, out{};  // narrow to wide
  Kernel kernel;
  std::vector<std::int16_t> multiplier;  // [out], >= 0
  std::vector<std::uint8_t> shift;       // [out], [0, 31]
  bool operator==(const WideConv2d&) const = default;
};

/// Any function of one activation: values[q + 128]; (q - z) * m is what brings an activation among wide ones.
struct WideTable {
  SlotId in{}, out{};  // narrow to wide
  std::array<std::int32_t, 256> values{};
  bool operator==(const WideTable&) const = default;
};

/// a + b, of one real scale.
struct WideAdd {
  SlotId a{}, b{}, out{};  // all wide
  bool operator==(const WideAdd&) const = default;
};

/// The sum of shift_round(x - z, shift) over the window's places inside the image, as wide_average(sum,
/// post_shift, multiplier) with the multiplier of its divisor.
struct WideAvgPool {
  SlotId in{}, out{};                      // narrow or wide, to wide
  Window window;                           // a global pool is a window as large as its image
  std::uint8_t shift = 0, post_shift = 0;  // [0, 31]
  // >= 0, by the number of places inside the image, minus one; one entry where it is constant.
  std::vector<std::int32_t> multiplier;
  bool operator==(const WideAvgPool&) const = default;
};

/// Relu, relu6 and leaky relu: wide_activation().
struct WideActivation {
  SlotId in{}, out{};  // both wide
  std::int32_t low = INT32_MIN, high = INT32_MAX;
  std::int32_t slope_multiplier = 1;  // 1 and a shift of 0: no slope
  std::uint8_t slope_shift = 0;       // [0, 31]
  bool operator==(const WideActivation&) const = default;
};

/// Bilinear upsampling as Upsample's, without its rescale: the sum of weight * shift_round(x, shift). Its
/// scale is the input's * 2^shift / (4 * factor.h * factor.w).
struct WideUpsample {
  SlotId in{}, out{};  // both wide
  Size2 factor;        // >= 1
  std::uint8_t shift = 0;
  bool operator==(const WideUpsample&) const = default;
};

}  // namespace zsq::runtime
