#include <algorithm>
#include <cstdlib>

#include "graph/shape.h"
#include "tests/runtime/model_arith.h"
#include "tests/runtime/model_cube.h"
#include "tests/runtime/plan_builder.h"

namespace zsq::runtime {
namespace {

constexpr std::int64_t kLimit = (std::int64_t{1} << 31) - 1;

std::int64_t half(int shift) { return (std::int64_t{1} << shift) >> 1; }

std::int64_t rounded(std::int64_t bound, int shift) { return (bound + half(shift)) >> shift; }

}  // namespace

std::int64_t PlanBuilder::reach(SlotId id) const {
  if (is_wide(plan_[id])) return reach_[index(id)];
  const Clamp range = range_of(plan_[id].bits);
  return std::max(plan_[id].zero_point - range.low, range.high - plan_[id].zero_point);
}

SlotId PlanBuilder::wide_slot(const Shape& shape, std::int64_t reach) {
  plan_.slots.push_back({shape, kWideBits, 0});
  reach_.push_back(reach);
  return SlotId(std::ssize(plan_.slots) - 1);
}

std::int64_t PlanBuilder::up_to(std::int64_t most) {
  if (dice_.one_in(4)) return most;
  return dice_.between(0, most >> dice_.between(0, 30));
}

SlotId PlanBuilder::clamped(SlotId in, std::int64_t most) {
  if (reach(in) <= most) return in;
  const auto end = static_cast<std::int32_t>(most);
  const WideActivation step{.in = in, .out = wide_slot(plan_[in].shape, most), .low = -end, .high = end};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::wide_conv(SlotId in, const ConvSpec& spec) {
  const Size2 places = window_output(spec.window, plan_[in].shape.h, plan_[in].shape.w);
  WideConv2d step{.in = in, .out = {}, .kernel = kernel(in, spec), .multiplier = {}, .shift = {}};
  std::int64_t most = 0;
  for (const std::int64_t largest : model::bounds(step.kernel, plan_[in].bits)) {
    int shift = 0;
    while (rounded(largest, shift) > 32767) ++shift;
    if (dice_.one_in(4)) shift = static_cast<int>(dice_.between(shift, 24));
    const std::int64_t multiplier = up_to(32767);
    step.shift.push_back(static_cast<std::uint8_t>(shift));
    step.multiplier.push_back(static_cast<std::int16_t>(multiplier));
    most = std::max(most, rounded(largest, shift) * multiplier);
  }
  step.out = wide_slot({1, spec.outputs, places.h, places.w}, most);
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::wide_table(SlotId in) {
  WideTable step{.in = in, .out = {}};
  const std::int64_t most = up_to(kLimit);
  for (std::int32_t& v : step.values)
    v = static_cast<std::int32_t>(dice_.one_in(8) ? most : dice_.between(-most, most));
  step.out = wide_slot(plan_[in].shape, most);
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::wide_add(SlotId a, SlotId b) {
  if (reach(a) + reach(b) > kLimit) {
    a = clamped(a, kLimit / 2);
    b = clamped(b, kLimit / 2 + 1);
  }
  const WideAdd step{a, b, wide_slot(plan_[a].shape, reach(a) + reach(b))};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::wide_avg_pool(SlotId in, const Window& window, bool constant_divisor) {
  in = is_wide(plan_[in]) ? clamped(in, kLimit / 2) : in;
  const Size2 places = window_output(window, plan_[in].shape.h, plan_[in].shape.w);
  const std::int64_t area = std::int64_t{window.kernel.h} * window.kernel.w;
  int shift = 0;
  while (area * rounded(reach(in), shift) + half(shift) > kLimit) ++shift;
  if (dice_.one_in(3)) shift = static_cast<int>(dice_.between(shift, 30));
  WideAvgPool step{.in = in,
                   .out = {},
                   .window = window,
                   .shift = static_cast<std::uint8_t>(shift),
                   .post_shift = static_cast<std::uint8_t>(dice_.between(0, 16)),
                   .multiplier = {}};
  while (step.post_shift > 0 && area * rounded(reach(in), shift) + half(step.post_shift) > kLimit)
    --step.post_shift;
  std::int64_t most = 0;
  for (std::int64_t n = constant_divisor ? area : 1; n <= area; ++n) {
    const std::int64_t average = rounded(n * rounded(reach(in), shift), step.post_shift);
    const std::int64_t multiplier = up_to(kLimit / std::max<std::int64_t>(average, 1));
    step.multiplier.push_back(static_cast<std::int32_t>(multiplier));
    most = std::max(most, average * multiplier);
  }
  step.out = wide_slot({1, plan_[in].shape.c, places.h, places.w}, most);
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::wide_global_pool(SlotId in) {
  const Shape& shape = plan_[in].shape;
  return wide_avg_pool(in, window_of(static_cast<int>(shape.h), static_cast<int>(shape.w)), true);
}

SlotId PlanBuilder::wide_activation(SlotId in) {
  WideActivation step{.in = in, .out = {}};
  const std::int64_t above = reach(in);
  step.low = static_cast<std::int32_t>(dice_.pick({INT32_MIN, 0, 0, static_cast<int>(-up_to(above))}));
  step.high =
      static_cast<std::int32_t>(dice_.one_in(2) ? INT32_MAX : std::max<std::int64_t>(step.low, up_to(above)));
  std::int64_t below = above;
  if (dice_.one_in(2)) {
    int shift = static_cast<int>(dice_.between(0, 20));
    while (shift > 0 && above + half(shift) > kLimit) --shift;
    const std::int64_t most = rounded(above, shift);
    step.slope_shift = static_cast<std::uint8_t>(shift);
    step.slope_multiplier = static_cast<std::int32_t>(up_to(kLimit / std::max<std::int64_t>(most, 1)));
    if (dice_.one_in(8)) step.slope_multiplier = -step.slope_multiplier;
    below = most * std::abs(step.slope_multiplier);
  }
  const std::int64_t most = std::max(above, below);
  step.out = wide_slot(plan_[in].shape, std::max(std::abs(model::clamp(-most, step.low, step.high)),
                                                 std::abs(model::clamp(most, step.low, step.high))));
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::wide_upsample(SlotId in, Size2 factor) {
  in = clamped(in, kLimit / 2);
  const Shape& shape = plan_[in].shape;
  const std::int64_t weight = std::int64_t{4} * factor.h * factor.w;
  int shift = 0;
  while (weight * rounded(reach(in), shift) > kLimit) ++shift;
  if (dice_.one_in(3)) shift = static_cast<int>(dice_.between(shift, 30));
  const WideUpsample step{
      in, wide_slot({1, shape.c, shape.h * factor.h, shape.w * factor.w}, weight * rounded(reach(in), shift)),
      factor, static_cast<std::uint8_t>(shift)};
  plan_.steps.emplace_back(step);
  return step.out;
}

}  // namespace zsq::runtime
