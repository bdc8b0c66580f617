#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "graph/op.h"
#include "runtime/arith.h"

/// The integer program. Integers only: what the integers mean in reals is in runtime/plan_file.h's Metadata,
/// which no session sees. Activations are NHWC, int8, one zero point per tensor: real = scale * (q -
/// zero_point).
namespace zsq::runtime {

enum class SlotId : std::int32_t {};
constexpr std::size_t index(SlotId id) { return static_cast<std::size_t>(id); }

/// An activation between two steps; each is written by exactly one step, before any step that reads it.
struct Slot {
  Shape shape;                  // of one image: n == 1
  int bits = 8;                 // 2..8; its values lie in [-2^(bits-1), 2^(bits-1) - 1]
  std::int32_t zero_point = 0;  // one of those values
  bool operator==(const Slot&) const = default;
};

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

/// Weights of a convolution: [out][kernel.h][kernel.w][in / groups], symmetric, in [-(2^(bits-1)-1),
/// 2^(bits-1)-1].
struct Kernel {
  int bits = 8;  // 2..8
  std::int64_t outputs = 0, inputs_per_group = 0;
  int groups = 1;
  Window window;  // padding is filled with the input's zero point
  std::vector<std::int8_t> weight;
  std::vector<std::int32_t> bias;  // [out], the input's zero point folded in
  bool operator==(const Kernel&) const = default;
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

/// Inputs and output share scale, bits and zero point; padding never wins.
struct MaxPool {
  SlotId in{}, out{};
  Window window;
  bool operator==(const MaxPool&) const = default;
};

/// requantize(sum of (x - z) over the window's places inside the image), with the rescale of its divisor.
struct AvgPool {
  SlotId in{}, out{};
  Window window;  // a global pool is a window as large as its image
  std::vector<Rescale>
      rescale;  // by the number of places inside the image, minus one; one entry where it is constant
  Clamp clamp;
  bool operator==(const AvgPool&) const = default;
};

/// Any function of one activation: values[q + 128].
struct Table {
  SlotId in{}, out{};
  std::array<std::int8_t, 256> values{};
  bool operator==(const Table&) const = default;
};

/// Inputs and output share scale, bits and zero point in each of these: they move values.
struct Concat {
  std::vector<SlotId> in;
  SlotId out{};
  bool operator==(const Concat&) const = default;
};
struct Slice {
  SlotId in{}, out{};
  zsq::Slice ranges;
  bool operator==(const Slice&) const = default;
};
struct Pad {
  SlotId in{}, out{};
  zsq::Pad amounts;  // its float value is not read
  std::int8_t value = 0;
  bool operator==(const Pad&) const = default;
};
struct ChannelShuffle {
  SlotId in{}, out{};
  int groups = 1;
  bool operator==(const ChannelShuffle&) const = default;
};

/// The classifier, and always the last step: logit[c] = sat16(shift_round(acc[c], shift[c])) * multiplier[c],
/// int32. All channels share one real scale, so argmax is on integers; ties go to the lowest index. lower()
/// picks the shift so that sat16 never cuts. The kernel covers its whole input: one output place.
struct Logits {
  SlotId in{};
  Kernel kernel;
  std::vector<std::int16_t> multiplier;  // [out], >= 0
  std::vector<std::uint8_t> shift;       // [out], [0, 31]
  bool operator==(const Logits&) const = default;
};

/// The last step of a network that does not end in a convolution or linear layer: logit = q - zero_point,
/// int32.
struct Widen {
  SlotId in{};  // {1, classes, 1, 1}
  bool operator==(const Widen&) const = default;
};

using Step = std::variant<Pixels, Conv2d, Add, Mul, MaxPool, AvgPool, Table, Concat, Slice, Pad,
                          ChannelShuffle, Logits, Widen>;

/// An integer program in execution order: Pixels first, Logits or Widen last. What the quantizer makes, a
/// file holds and a session runs.
struct Plan {
  Shape image;  // n == 1; pixels are uint8 NHWC in the network's channel order
  std::int64_t classes = 0;
  std::vector<Slot> slots;
  std::vector<Step> steps;

  const Slot& operator[](SlotId id) const { return slots[index(id)]; }
  bool operator==(const Plan&) const = default;
};

/// Throws Error (Fault::verification) unless every index, extent, width and bound in the plan holds: shapes
/// agree, slots are written once and before they are read, and no accumulator or epilogue product can leave
/// int32, by interval arithmetic per channel from the actual weights. Kernels then need no checks.
void validate(const Plan& plan);

}  // namespace zsq::runtime
