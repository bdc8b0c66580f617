#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "graph/shape.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

constexpr std::int64_t kLimit = (std::int64_t{1} << 31) - 1;

std::int64_t half(int shift) { return (std::int64_t{1} << shift) >> 1; }

/// Of |x - z| over the slot's values.
std::int64_t reach(const Slot& slot) {
  const Clamp range = range_of(slot.bits);
  return std::max(slot.zero_point - range.low, range.high - slot.zero_point);
}

std::size_t taps(const Kernel& kernel) { return kernel.weight.size() / kernel.bias.size(); }

std::int64_t bound(const Kernel& kernel, std::size_t o, const Slot& in) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < taps(kernel); ++i) sum += std::abs(int{kernel.weight[o * taps(kernel) + i]});
  return std::abs(std::int64_t{kernel.bias[o]}) + (sum << (in.bits - 1));
}

}  // namespace

PlanBuilder::PlanBuilder(std::uint64_t seed, Shape image) : dice_(seed) {
  plan_.image = image;
  Pixels step{.out = slot(image), .multiplier = {}, .offset = {}, .shift = {}};
  for (std::int64_t c = 0; c < image.c; ++c) {
    const int shift = static_cast<int>(dice_.between(0, 24));
    const std::int64_t most = std::min<std::int64_t>(std::int64_t{2} << shift, kLimit / 255);
    const auto multiplier = static_cast<std::int32_t>(dice_.between(-most / 8, most));
    const std::int64_t room = kLimit - 255 * std::abs(std::int64_t{multiplier});
    step.multiplier.push_back(multiplier);
    step.offset.push_back(static_cast<std::int32_t>(
        dice_.one_in(4) ? room : std::clamp<std::int64_t>(-dice_.between(0, 200) << shift, -room, room)));
    step.shift.push_back(static_cast<std::uint8_t>(shift));
  }
  plan_.steps.emplace_back(step);
}

SlotId PlanBuilder::slot(const Shape& shape) {
  const int bits = dice_.one_in(3) ? static_cast<int>(dice_.between(2, 8)) : 8;
  const Clamp range = range_of(bits);
  const auto zero =
      dice_.one_in(3) ? dice_.pick({range.low, range.high, 0}) : dice_.between(range.low, range.high);
  plan_.slots.push_back({shape, bits, static_cast<std::int32_t>(zero)});
  return SlotId(std::ssize(plan_.slots) - 1);
}

SlotId PlanBuilder::slot_like(const Shape& shape, SlotId like) {
  plan_.slots.push_back({shape, plan_[like].bits, plan_[like].zero_point});
  return SlotId(std::ssize(plan_.slots) - 1);
}

Clamp PlanBuilder::clamp(SlotId out) {
  const Clamp range = range_of(plan_[out].bits);
  if (dice_.one_in(2)) return range;
  const auto low = static_cast<std::int32_t>(dice_.between(range.low, range.high));
  return {low, static_cast<std::int32_t>(dice_.between(low, range.high))};
}

Rescale PlanBuilder::rescale(std::int64_t largest) {
  Rescale r{};
  if (dice_.one_in(4)) {
    r = {static_cast<std::int16_t>(dice_.one_in(2) ? dice_.pick({1 << 14, (1 << 15) - 1})
                                                   : dice_.between(1 << 14, (1 << 15) - 1)),
         static_cast<std::uint8_t>(dice_.between(0, 31)), static_cast<std::uint8_t>(dice_.between(1, 21))};
  } else {  // so that most outputs lie inside the range
    const double typical = static_cast<double>(largest) / static_cast<double>(dice_.between(1, 64)) + 1;
    r = to_rescale(static_cast<double>(dice_.between(8, 400)) / typical);
  }
  while (r.first_shift > 0 && largest + half(r.first_shift) > kLimit) --r.first_shift;
  return r;
}

Kernel PlanBuilder::kernel(SlotId in, const ConvSpec& spec) {
  Kernel kernel{.bits = spec.bits,
                .outputs = spec.outputs,
                .inputs_per_group = plan_[in].shape.c / spec.groups,
                .groups = spec.groups,
                .window = spec.window,
                .weight = {},
                .bias = {}};
  const int most = range_of(spec.bits).high;
  const std::int64_t count = kernel.inputs_per_group * spec.window.kernel.h * spec.window.kernel.w;
  for (std::int64_t o = 0; o < spec.outputs; ++o) {
    const auto style = dice_.between(0, 6);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t w = style == 0   ? most
                             : style == 1 ? -most
                             : style == 2 ? (dice_.one_in(2) ? most : -most)
                             : style == 3 ? (dice_.one_in(5) ? most : 0)
                                          : dice_.between(-most, most);
      kernel.weight.push_back(static_cast<std::int8_t>(w));
    }
    kernel.bias.push_back(
        static_cast<std::int32_t>(dice_.between(-1000, 1000) * dice_.pick({0, 1, 1, 1, 10})));
  }
  return kernel;
}

void PlanBuilder::put_bias_at_the_edge(Kernel& kernel, std::size_t o, std::int64_t largest, int shift) {
  const std::int64_t room = kLimit - half(shift) - (largest - std::abs(std::int64_t{kernel.bias[o]}));
  kernel.bias[o] = static_cast<std::int32_t>(dice_.one_in(2) ? room : -room);
}

Residual PlanBuilder::residual(SlotId in, std::vector<Rescale>& beside) {
  Residual residual{.in = in, .multiplier = {}, .shift = {}};
  for (Rescale& r : beside) {
    if (dice_.one_in(3)) r.multiplier = static_cast<std::int16_t>(dice_.between(1, r.multiplier));
    const std::int64_t room = kLimit - half(r.second_shift) - 32768 * std::int64_t{r.multiplier};
    std::int64_t multiplier = dice_.between(0, 32767), shift = dice_.between(0, 21);
    while (shift > 0 && (reach(plan_[in]) * multiplier << shift) > room) --shift;
    if (dice_.one_in(4)) multiplier = std::min<std::int64_t>(32767, room / (reach(plan_[in]) << shift));
    residual.multiplier.push_back(static_cast<std::int16_t>(multiplier));
    residual.shift.push_back(static_cast<std::uint8_t>(shift));
  }
  return residual;
}

SlotId PlanBuilder::conv(SlotId in, const ConvSpec& spec) {
  const Shape& shape = plan_[in].shape;
  const Size2 places = window_output(spec.window, shape.h, shape.w);
  Conv2d step{.in = in,
              .out = slot({1, spec.outputs, places.h, places.w}),
              .kernel = kernel(in, spec),
              .rescale = {},
              .clamp = {},
              .residual = {}};
  for (std::size_t o = 0; o < step.kernel.bias.size(); ++o) {
    const std::int64_t largest = bound(step.kernel, o, plan_[in]);
    step.rescale.push_back(rescale(largest));
    if (dice_.one_in(8)) put_bias_at_the_edge(step.kernel, o, largest, step.rescale[o].first_shift);
  }
  step.clamp = clamp(step.out);
  if (spec.residual) step.residual = residual(*spec.residual, step.rescale);
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::add(SlotId a, SlotId b) {
  Add step{.a = a, .b = b, .out = slot(plan_[a].shape), .clamp = {}};
  step.a_multiplier = static_cast<std::int16_t>(dice_.one_in(4) ? 32767 : dice_.between(0, 32767));
  step.b_multiplier = static_cast<std::int16_t>(dice_.one_in(4) ? 32767 : dice_.between(0, 32767));
  step.shift = static_cast<std::uint8_t>(dice_.one_in(4) ? dice_.between(1, 30) : dice_.between(13, 17));
  step.clamp = clamp(step.out);
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::mul(SlotId a, SlotId b) {
  Mul step{.a = a,
           .b = b,
           .out = slot(plan_[a].shape),
           .rescale = rescale(reach(plan_[a]) * reach(plan_[b])),
           .clamp = {}};
  step.clamp = clamp(step.out);
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::max_pool(SlotId in, const Window& window) {
  const Size2 places = window_output(window, plan_[in].shape.h, plan_[in].shape.w);
  const MaxPool step{in, slot_like({1, plan_[in].shape.c, places.h, places.w}, in), window};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::avg_pool(SlotId in, const Window& window, bool constant_divisor) {
  const Size2 places = window_output(window, plan_[in].shape.h, plan_[in].shape.w);
  AvgPool step{.in = in,
               .out = slot({1, plan_[in].shape.c, places.h, places.w}),
               .window = window,
               .rescale = {},
               .clamp = {}};
  const std::int64_t area = std::int64_t{window.kernel.h} * window.kernel.w;
  for (std::int64_t i = constant_divisor ? area : 1; i <= area; ++i)
    step.rescale.push_back(rescale(i * reach(plan_[in])));
  step.clamp = clamp(step.out);
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::global_pool(SlotId in) {
  const Shape& shape = plan_[in].shape;
  return avg_pool(in, window_of(static_cast<int>(shape.h), static_cast<int>(shape.w)), true);
}

SlotId PlanBuilder::table(SlotId in) { return table_into(in, slot(plan_[in].shape)); }

SlotId PlanBuilder::table_like(SlotId in, SlotId like) {
  return table_into(in, slot_like(plan_[in].shape, like));
}

SlotId PlanBuilder::table_into(SlotId in, SlotId out) {
  Table step{.in = in, .out = out};
  const Clamp range = range_of(plan_[out].bits);
  for (std::int8_t& v : step.values) v = static_cast<std::int8_t>(dice_.between(range.low, range.high));
  plan_.steps.emplace_back(step);
  return out;
}

SlotId PlanBuilder::concat(std::vector<SlotId> in) {
  Shape shape = plan_[in.front()].shape;
  shape.c = 0;
  for (const SlotId id : in) shape.c += plan_[id].shape.c;
  const Concat step{in, slot_like(shape, in.front())};
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
  const Pad step{
      in, slot_like(shape, in), amounts,
      static_cast<std::int8_t>(dice_.between(range_of(plan_[in].bits).low, range_of(plan_[in].bits).high))};
  plan_.steps.emplace_back(step);
  return step.out;
}

SlotId PlanBuilder::shuffle(SlotId in, int groups) {
  const ChannelShuffle step{in, slot_like(plan_[in].shape, in), groups};
  plan_.steps.emplace_back(step);
  return step.out;
}

Plan PlanBuilder::logits(SlotId in, std::int64_t classes, int bits) {
  const Shape& shape = plan_[in].shape;
  const Window window = window_of(static_cast<int>(shape.h), static_cast<int>(shape.w));
  Logits step{.in = in,
              .kernel = kernel(in, {.outputs = classes, .window = window, .bits = bits}),
              .multiplier = {},
              .shift = {}};
  for (std::size_t o = 0; o < step.kernel.bias.size(); ++o) {
    const std::int64_t largest = bound(step.kernel, o, plan_[in]);
    int shift = 0;
    while ((largest + half(shift)) >> shift > 32767) ++shift;
    step.shift.push_back(static_cast<std::uint8_t>(dice_.one_in(4) ? dice_.between(shift, 24) : shift));
    step.multiplier.push_back(static_cast<std::int16_t>(dice_.between(0, 32767)));
  }
  plan_.classes = classes;
  plan_.steps.emplace_back(step);
  return plan_;
}

Plan PlanBuilder::widen(SlotId in) {
  plan_.classes = plan_[in].shape.c;
  plan_.steps.emplace_back(Widen{in});
  return plan_;
}

}  // namespace zsq::runtime
