#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {

Launches prepare(const Context& context, const Step& step) {
  return std::visit([&](const auto& s) { return prepare(context, s); }, step);
}

Launch hand_out(const Frame& frame, std::size_t i) {
  const SlotId id = frame.plan->outputs[i];
  LaunchBuilder to(frame, kernel_for(*frame.plan, id, "hand_out"));
  return to.one_thread_each(
      HandOutArguments{.in = to.reads(id), .out = to.writes_output(i), .work = to.values_of(id)});
}

Sides sides_of(const Window& w) {
  return {{w.kernel.h, w.stride.h, w.dilation.h, w.padding.top},
          {w.kernel.w, w.stride.w, w.dilation.w, w.padding.left}};
}

WideRescale wide(const Rescale& r) { return {r.multiplier, r.first_shift, r.second_shift}; }

}  // namespace zsq::runtime::cuda
