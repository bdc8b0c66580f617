#include <algorithm>

#include "runtime/cuda/prepare.h"
#include "runtime/cuda/stem.h"
#include "runtime/step.h"

namespace zsq::runtime::cuda {
namespace {

/// The only step that reads the slot, where it is no output of the plan.
const Step* only_reader(const Plan& plan, SlotId slot) {
  if (std::ranges::count(plan.outputs, slot) > 0) return nullptr;
  const Step* only = nullptr;
  for (const Step& step : plan.steps) {
    if (std::ranges::count(inputs(step), slot) == 0) continue;
    if (only != nullptr) return nullptr;
    only = &step;
  }
  return only;
}

std::vector<Launch> nothing(const Frame&) { return {}; }

}  // namespace

std::vector<Launches> prepare_fused(const Context& context, const std::vector<Launches>& steps) {
  const Plan& plan = context.plan;
  std::vector<Launches> fused = steps;
  if (!context.tuning.convolution.empty()) return fused;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto* pixels = std::get_if<Pixels>(&plan.steps[i]);
    if (pixels == nullptr) continue;
    const Step* reader = only_reader(plan, pixels->out);
    const auto* conv = reader != nullptr ? std::get_if<Conv2d>(reader) : nullptr;
    if (conv == nullptr || !stem_takes(context, *conv)) continue;
    fused[i] = nothing;
    const auto at = [&](const Step* step) -> Launches& {
      return fused[static_cast<std::size_t>(step - plan.steps.data())];
    };
    const Step* behind = only_reader(plan, conv->out);
    const auto* pool = behind != nullptr ? std::get_if<MaxPool>(behind) : nullptr;
    if (pool != nullptr && stem_pool_takes(*conv, *pool)) {
      at(reader) = nothing;
      at(behind) = prepare_pixel_stem_pool(context, *pixels, *conv, *pool);
    } else {
      at(reader) = prepare_pixel_stem(context, *pixels, *conv);
    }
  }
  return fused;
}

}  // namespace zsq::runtime::cuda
