#include <algorithm>
#include <cstdlib>

#include "graph/shape.h"
#include "tests/runtime/plan_builder.h"

namespace zsq::runtime {

SlotId PlanBuilder::max_pool(SlotId in, const Window& window) {
  const Size2 places = window_output(window, plan_[in].shape.h, plan_[in].shape.w);
  const MaxPool step{in, slot_like({1, plan_[in].shape.c, places.h, places.w}, in), window};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::concat(std::vector<SlotId> in) {
  Shape shape = plan_[in.front()].shape;
  shape.c = 0;
  std::int64_t most = 0;
  for (const SlotId id : in) {
    shape.c += plan_[id].shape.c;
    most = std::max(most, reach_[index(id)]);
  }
  const Concat step{in, slot_like(shape, in.front())};
  reach_[index(step.out)] = most;
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::slice(SlotId in, const zsq::Slice& ranges) {
  const Slice step{in, slot_like({1, ranges.c.count(), ranges.h.count(), ranges.w.count()}, in), ranges};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::pad(SlotId in, const zsq::Pad& amounts) {
  const Shape shape = output_shape(amounts, std::span(&plan_[in].shape, 1));
  Pad step{in, slot_like(shape, in), amounts, 0};
  if (is_wide(plan_[in])) {
    step.value = static_cast<std::int32_t>(up_to(INT32_MAX)) * (dice_.one_in(2) ? 1 : -1);
    reach_[index(step.out)] = std::max(reach(in), std::abs(std::int64_t{step.value}));
  } else {
    const Clamp range = range_of(plan_[in].bits);
    step.value = static_cast<std::int32_t>(dice_.between(range.low, range.high));
  }
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::shuffle(SlotId in, int groups) {
  const ChannelShuffle step{in, slot_like(plan_[in].shape, in), groups};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::pixel_shuffle(SlotId in, Size2 factor) {
  const Shape& s = plan_[in].shape;
  const PixelShuffle step{in, slot_like({1, s.c / (factor.h * factor.w), s.h * factor.h, s.w * factor.w}, in),
                          factor};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::pixel_unshuffle(SlotId in, Size2 factor) {
  const Shape& s = plan_[in].shape;
  const PixelUnshuffle step{in, slot_like({1, s.c * factor.h * factor.w, s.h / factor.h, s.w / factor.w}, in),
                            factor};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::upsample_nearest(SlotId in, Size2 factor) {
  const Shape& s = plan_[in].shape;
  const UpsampleNearest step{in, slot_like({1, s.c, s.h * factor.h, s.w * factor.w}, in), factor};
  plan_.steps.emplace_back(step);
  return step.out;
}

}  // namespace zsq::runtime
