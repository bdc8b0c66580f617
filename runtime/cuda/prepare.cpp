#include "runtime/cuda/prepare.h"

#include <algorithm>

namespace zsq::runtime::cuda {

Launches prepare(const Context& context, const Step& step) {
  return std::visit([&](const auto& s) { return prepare(context, s); }, step);
}

Launch hand_out(const Frame& frame, std::size_t i) {
  const SlotId id = frame.plan->outputs[i];
  LaunchBuilder to(frame, "zsq_hand_out");
  return to.one_thread_each(
      HandOutArguments{.in = to.reads(id), .out = to.writes_output(i), .work = to.values_of(id)});
}

Sides sides_of(const Window& w) {
  return {{w.kernel.h, w.stride.h, w.dilation.h, w.padding.top},
          {w.kernel.w, w.stride.w, w.dilation.w, w.padding.left}};
}

std::int64_t channels_at_once(const Context& context, std::initializer_list<SlotId> slots) {
  constexpr std::int64_t kVector = 16;
  const bool all = std::ranges::all_of(slots, [&](SlotId id) {
    return !is_wide(context.plan[id]) && context.layouts[index(id)].channel_stride % kVector == 0;
  });
  return all ? kVector : 1;
}

std::string kernel_at_once(const std::string& name, std::int64_t channels) {
  return channels == 1 ? name : name + "_" + std::to_string(channels);
}

WideRescale wide(const Rescale& r) { return {r.multiplier, r.first_shift, r.second_shift}; }

}  // namespace zsq::runtime::cuda
