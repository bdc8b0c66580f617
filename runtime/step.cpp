#include "runtime/step.h"

namespace zsq::runtime {

std::string_view kind(const Step& step) {
  return std::visit(
      Overloaded{[](const Pixels&) { return "pixels"; }, [](const Conv2d&) { return "conv2d"; },
                 [](const Add&) { return "add"; }, [](const Mul&) { return "mul"; },
                 [](const MaxPool&) { return "max_pool"; }, [](const AvgPool&) { return "avg_pool"; },
                 [](const Table&) { return "table"; }, [](const Concat&) { return "concat"; },
                 [](const Slice&) { return "slice"; }, [](const Pad&) { return "pad"; },
                 [](const ChannelShuffle&) { return "channel_shuffle"; },
                 [](const Logits&) { return "logits"; }, [](const Widen&) { return "widen"; }},
      step);
}

std::vector<SlotId> inputs(const Step& step) {
  using Slots = std::vector<SlotId>;
  return std::visit(
      Overloaded{[](const Pixels&) { return Slots{}; },
                 [](const Conv2d& s) {
                   return s.residual ? Slots{s.in, s.residual->in} : Slots{s.in};
                 },
                 [](const Add& s) {
                   return Slots{s.a, s.b};
                 },
                 [](const Mul& s) {
                   return Slots{s.a, s.b};
                 },
                 [](const Concat& s) { return s.in; }, [](const auto& s) { return Slots{s.in}; }},
      step);
}

std::optional<SlotId> output(const Step& step) {
  using Written = std::optional<SlotId>;
  return std::visit(
      Overloaded{[](const Logits&) { return Written{}; }, [](const Widen&) { return Written{}; },
                 [](const auto& s) { return Written{s.out}; }},
      step);
}

}  // namespace zsq::runtime
