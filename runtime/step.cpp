#include "runtime/step.h"

namespace zsq::runtime {
namespace {

std::vector<SlotId> slots_read(const Pixels&) { return {}; }
std::vector<SlotId> slots_read(const Conv2d& s) {
  std::vector<SlotId> read{s.in};
  if (s.residual) read.push_back(s.residual->in);
  return read;
}
std::vector<SlotId> slots_read(const Add& s) { return {s.a, s.b}; }
std::vector<SlotId> slots_read(const Mul& s) { return {s.a, s.b}; }
std::vector<SlotId> slots_read(const AvgPool& s) { return {s.in}; }
std::vector<SlotId> slots_read(const Upsample& s) { return {s.in}; }
std::vector<SlotId> slots_read(const Table& s) { return {s.in}; }
std::vector<SlotId> slots_read(const MaxPool& s) { return {s.in}; }
std::vector<SlotId> slots_read(const Concat& s) { return s.in; }
std::vector<SlotId> slots_read(const Slice& s) { return {s.in}; }
std::vector<SlotId> slots_read(const Pad& s) { return {s.in}; }
std::vector<SlotId> slots_read(const ChannelShuffle& s) { return {s.in}; }
std::vector<SlotId> slots_read(const PixelShuffle& s) { return {s.in}; }
std::vector<SlotId> slots_read(const PixelUnshuffle& s) { return {s.in}; }
std::vector<SlotId> slots_read(const UpsampleNearest& s) { return {s.in}; }
std::vector<SlotId> slots_read(const WideConv2d& s) { return {s.in}; }
std::vector<SlotId> slots_read(const WideTable& s) { return {s.in}; }
std::vector<SlotId> slots_read(const WideAdd& s) { return {s.a, s.b}; }
std::vector<SlotId> slots_read(const WideAvgPool& s) { return {s.in}; }
std::vector<SlotId> slots_read(const WideActivation& s) { return {s.in}; }
std::vector<SlotId> slots_read(const WideUpsample& s) { return {s.in}; }

}  // namespace

std::string_view kind(const Step& step) {
  return std::visit(Overloaded{[](const Pixels&) { return "pixels"; },
                               [](const Conv2d&) { return "conv2d"; },
                               [](const Add&) { return "add"; },
                               [](const Mul&) { return "mul"; },
                               [](const AvgPool&) { return "avg_pool"; },
                               [](const Upsample&) { return "upsample"; },
                               [](const Table&) { return "table"; },
                               [](const MaxPool&) { return "max_pool"; },
                               [](const Concat&) { return "concat"; },
                               [](const Slice&) { return "slice"; },
                               [](const Pad&) { return "pad"; },
                               [](const ChannelShuffle&) { return "channel_shuffle"; },
                               [](const PixelShuffle&) { return "pixel_shuffle"; },
                               [](const PixelUnshuffle&) { return "pixel_unshuffle"; },
                               [](const UpsampleNearest&) { return "upsample_nearest"; },
                               [](const WideConv2d&) { return "wide_conv2d"; },
                               [](const WideTable&) { return "wide_table"; },
                               [](const WideAdd&) { return "wide_add"; },
                               [](const WideAvgPool&) { return "wide_avg_pool"; },
                               [](const WideActivation&) { return "wide_activation"; },
                               [](const WideUpsample&) { return "wide_upsample"; }},
                    step);
}

const Kernel* kernel_of(const Step& step) {
  return std::visit(
      [](const auto& s) -> const Kernel* {
        if constexpr (requires { s.kernel.weight; }) return &s.kernel;
        return nullptr;
      },
      step);
}

std::vector<SlotId> inputs(const Step& step) {
  return std::visit([](const auto& s) { return slots_read(s); }, step);
}

SlotId output(const Step& step) {
  return std::visit([](const auto& s) { return s.out; }, step);
}

std::optional<std::int64_t> classes(const Plan& plan) {
  if (plan.outputs.size() != 1) return std::nullopt;
  const Shape& shape = plan[plan.outputs[0]].shape;
  if (shape.h != 1 || shape.w != 1) return std::nullopt;
  return shape.c;
}

}  // namespace zsq::runtime
