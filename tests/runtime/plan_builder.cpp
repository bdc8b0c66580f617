#include "tests/runtime/plan_builder.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "graph/shape.h"
#include "tests/runtime/model_cube.h"

namespace zsq::runtime {
namespace {

constexpr std::int64_t kLimit = (std::int64_t{1} << 31) - 1;

std::int64_t half(int shift) { return (std::int64_t{1} << shift) >> 1; }

}  // namespace

PlanBuilder::PlanBuilder(std::uint64_t seed, Shape image, Manner manner) : dice_(seed), manner_(manner) {
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
  const int bits = manner_ == Manner::hurting && dice_.one_in(3) ? static_cast<int>(dice_.between(2, 8)) : 8;
  const Clamp range = range_of(bits);
  const auto zero =
      dice_.one_in(3) ? dice_.pick({range.low, range.high, 0}) : dice_.between(range.low, range.high);
  plan_.slots.push_back({shape, bits, static_cast<std::int32_t>(zero)});
  reach_.push_back(0);
  return SlotId(std::ssize(plan_.slots) - 1);
}

SlotId PlanBuilder::slot_like(const Shape& shape, SlotId like) {
  plan_.slots.push_back({shape, plan_[like].bits, plan_[like].zero_point});
  reach_.push_back(reach_[index(like)]);
  return SlotId(std::ssize(plan_.slots) - 1);
}

Clamp PlanBuilder::clamp(SlotId out) {
  const Clamp range = range_of(plan_[out].bits);
  if (manner_ == Manner::common || dice_.one_in(2)) return range;
  const auto low = static_cast<std::int32_t>(dice_.between(range.low, range.high));
  return {low, static_cast<std::int32_t>(dice_.between(low, range.high))};
}

Rescale PlanBuilder::rescale(std::int64_t largest) {
  Rescale r{};
  if (manner_ == Manner::hurting && dice_.one_in(4)) {
    r = {static_cast<std::int16_t>(dice_.one_in(2) ? dice_.pick({1 << 14, (1 << 15) - 1})
                                                   : dice_.between(1 << 14, (1 << 15) - 1)),
         static_cast<std::uint8_t>(dice_.between(0, 31)), static_cast<std::uint8_t>(dice_.between(1, 21))};
  } else {  // so that most outputs lie inside the range
    const double typical = static_cast<double>(largest) / static_cast<double>(dice_.between(1, 64)) + 1;
    const double factor = static_cast<double>(dice_.between(8, 400)) / typical;
    r = to_rescale(manner_ == Manner::common ? std::min(factor, 0.4) : factor);
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

bool PlanBuilder::is_sound(const Rescale& r, std::int64_t largest, const Residual& residual, std::size_t o,
                           const Conv2d& step) const {
  const Slot &in = plan_[residual.in], &out = plan_[step.out];
  const Clamp range = range_of(in.bits);
  const auto term = [&](std::int32_t q) {
    return (q - in.zero_point) * residual.multiplier[o] * model::power(residual.shift[o]);
  };
  const model::Wide middle = model::round_half_up(largest, r.first_shift);
  const auto sum = [&](model::Wide end, std::int32_t q) { return end * r.multiplier + term(q); };
  const model::Wide high = sum(std::min<model::Wide>(middle, 32767), range.high) + half(r.second_shift),
                    low = sum(-std::min<model::Wide>(middle, 32768), range.low) - half(r.second_shift);
  const auto made = [&](model::Wide end, std::int32_t q) {
    return model::round_half_up(sum(end, q), r.second_shift) + out.zero_point;
  };
  return high <= kLimit && -low <= kLimit && (middle <= 32767 || made(32767, range.low) >= step.clamp.high) &&
         (middle <= 32768 || made(-32768, range.high) <= step.clamp.low);
}

void PlanBuilder::add_residual(SlotId in, Conv2d& step) {
  step.residual = Residual{.in = in, .multiplier = {}, .shift = {}};
  const auto bounds = model::bounds(step.kernel, plan_[step.in].bits);
  for (std::size_t o = 0; o < bounds.size(); ++o) {
    Rescale& r = step.rescale[o];
    const std::int16_t whole = r.multiplier;
    if (dice_.one_in(3)) r.multiplier = static_cast<std::int16_t>(dice_.between(1, r.multiplier));
    const std::int64_t room = kLimit - half(r.second_shift) - 32768 * std::int64_t{r.multiplier};
    std::int64_t multiplier = dice_.between(0, 32767), shift = dice_.between(0, 21);
    if (manner_ == Manner::common) shift = std::clamp<std::int64_t>(shift, 0, r.second_shift - 14);
    while (shift > 0 && (reach(in) * multiplier << shift) > room) --shift;
    if (dice_.one_in(4)) multiplier = std::min<std::int64_t>(32767, room / (reach(in) << shift));
    step.residual->multiplier.push_back(static_cast<std::int16_t>(multiplier));
    step.residual->shift.push_back(static_cast<std::uint8_t>(shift));
    // Whatever could be cut off is brought inside: by a middle that reaches further, or by less beside it.
    const bool shifts = dice_.one_in(2);
    while (!is_sound(r, bounds[o], *step.residual, o, step)) {
      if (shifts && r.first_shift < 31 && bounds[o] + half(r.first_shift + 1) <= kLimit)
        ++r.first_shift;
      else if (r.multiplier < whole)
        r.multiplier = whole;
      else if (step.residual->shift[o] > 0)
        --step.residual->shift[o];
      else
        step.residual->multiplier[o] /= 2;
    }
  }
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
  const auto bounds = model::bounds(step.kernel, plan_[in].bits);
  for (std::size_t o = 0; o < step.kernel.bias.size(); ++o) {
    const std::int64_t largest = bounds[o];
    step.rescale.push_back(rescale(largest));
    if (dice_.one_in(8)) put_bias_at_the_edge(step.kernel, o, largest, step.rescale[o].first_shift);
  }
  step.clamp = clamp(step.out);
  if (spec.residual) add_residual(*spec.residual, step);
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
  Mul step{.a = a, .b = b, .out = slot(plan_[a].shape), .rescale = rescale(reach(a) * reach(b)), .clamp = {}};
  step.clamp = clamp(step.out);
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
    step.rescale.push_back(rescale(i * reach(in)));
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

SlotId PlanBuilder::upsample(SlotId in, Size2 factor) {
  const Shape& shape = plan_[in].shape;
  Upsample step{.in = in,
                .out = slot({1, shape.c, shape.h * factor.h, shape.w * factor.w}),
                .factor = factor,
                .rescale = rescale(std::int64_t{4} * factor.h * factor.w * reach(in)),
                .clamp = {}};
  step.clamp = clamp(step.out);
  plan_.steps.emplace_back(step);
  return step.out;
}

Plan PlanBuilder::finish(std::vector<SlotId> outputs) {
  plan_.outputs = std::move(outputs);
  return plan_;
}

Plan PlanBuilder::logits(SlotId in, std::int64_t classes, int bits) {
  const Shape& shape = plan_[in].shape;
  const Window window = window_of(static_cast<int>(shape.h), static_cast<int>(shape.w));
  return finish({wide_conv(in, {.outputs = classes, .window = window, .bits = bits})});
}

}  // namespace zsq::runtime
