#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "graph/op.h"
#include "runtime/arith.h"
#include "runtime/kernel.h"
#include "runtime/slot.h"

/// The steps whose arithmetic ends in 8 bits: they read and write narrow slots.
namespace zsq::runtime {

/// The image's uint8 pixels become the first activation: clamp((p * multiplier[c] + offset[c]) >> shift[c]).
/// The offset holds mean, zero point and the half that rounds.
struct Pixels {
  SlotId out{};
  std::vector<std::int32_t> multiplier, offset;  // one per channel
  std::vector<std::uint8_t> shift;               // [0, 31]
  bool operator==(const Pixels&) const = default;
};

/// The second input of a fused residual add: (r - zero_point) * multiplier[c] * 2^shift[c], added before the
/// second rounding, in units of 2^-second_shift output steps.
struct Residual {
  SlotId in{};                           // of the same shape as the output
  std::vector<std::int16_t> multiplier;  // one per output channel, >= 0
  std::vector<std::uint8_t> shift;       // [0, 21]
  bool operator==(const Residual&) const = default;
};

/// Grouped, depthwise and plain convolution, and a linear layer: that is a kernel as large as its image.
struct Conv2d {
  SlotId in{}, out{};
  Kernel kernel;
  std::vector<Rescale> rescale;  // [out]
  Clamp clamp;                   // relu, relu6 and the like are bounds
  std::optional<Residual> residual;
  bool operator==(const Conv2d&) const = default;
};

struct Add {
  SlotId a{}, b{}, out{};
  std::int16_t a_multiplier = 0, b_multiplier = 0;  // >= 0
  std::uint8_t shift = 0;                           // [1, 30]
  Clamp clamp;
  bool operator==(const Add&) const = default;
};

/// b has a's shape, or {1, c, 1, 1}: then it is a factor per channel. requantize((a - z_a) * (b - z_b)).
struct Mul {
  SlotId a{}, b{}, out{};
  Rescale rescale{};
  Clamp clamp;
  bool operator==(const Mul&) const = default;
};

/// requantize(sum of (x - z) over the window's places inside the image), with the rescale of its divisor.
struct AvgPool {
  SlotId in{}, out{};
  Window window;  // a global pool is a window as large as its image
  // By the number of places inside the image, minus one; one entry where it is constant.
  std::vector<Rescale> rescale;
  Clamp clamp;
  bool operator==(const AvgPool&) const = default;
};

/// Bilinear upsampling, half-pixel centres, edges clamped: requantize(sum of weight * (x - z)) over the four
/// places nearby, with the weights of between() and so a denominator of 4 * factor.h * factor.w.
struct Upsample {
  SlotId in{}, out{};
  Size2 factor;  // >= 1
  Rescale rescale{};
  Clamp clamp;
  bool operator==(const Upsample&) const = default;
};

/// Any function of one activation: values[q + 128].
struct Table {
  SlotId in{}, out{};
  std::array<std::int8_t, 256> values{};
  bool operator==(const Table&) const = default;
};

}  // namespace zsq::runtime
