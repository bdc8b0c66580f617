#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "runtime/moving_steps.h"
#include "runtime/steps.h"
#include "runtime/wide_steps.h"

/// The integer program. Integers only: what the integers mean in reals is in runtime/plan_file.h's Metadata,
/// which no session sees.
namespace zsq::runtime {

using Step = std::variant<Pixels, Conv2d, Add, Mul, AvgPool, Upsample, Table,  //
                          MaxPool, Concat, Slice, Pad, ChannelShuffle, PixelShuffle, PixelUnshuffle,
                          UpsampleNearest,  //
                          WideConv2d, WideTable, WideAdd, WideAvgPool, WideActivation, WideUpsample>;

/// An integer program in execution order, Pixels first. What the quantizer makes, a file holds and a session
/// runs.
struct Plan {
  Shape image;  // n == 1; pixels are uint8 NHWC in the network's channel order
  // One or more, all different, narrow or wide; a slot that is handed out may be read by steps as well. A
  // narrow one is handed out as int32 q - zero_point.
  std::vector<SlotId> outputs;
  std::vector<Slot> slots;
  std::vector<Step> steps;

  const Slot& operator[](SlotId id) const { return slots[index(id)]; }
  bool operator==(const Plan&) const = default;
};

/// How many classes a classifier tells apart: of a plan with one output of shape {1, c, 1, 1}. Argmax is on
/// integers then, ties go to the lowest index.
std::optional<std::int64_t> classes(const Plan& plan);

/// Throws Error (Fault::verification) unless every index, extent, width and bound in the plan holds: shapes
/// agree, slots are written once and before they are read, and no accumulator, epilogue product or wide value
/// can leave int32, by interval arithmetic per channel from the actual weights. Kernels then need no checks.
void validate(const Plan& plan);

}  // namespace zsq::runtime
