// The verifier's rules for wide slots and the steps that write them, and the bounds it carries through them.
#include "runtime/step.h"
#include "tests/runtime/complaint.h"

namespace zsq::runtime {
namespace {

constexpr SlotId kImage{0}, kNarrow{1}, kWide{2};
constexpr Window k2x2{{2, 2}, {2, 2}, {}, {}}, kPadded{{3, 3}, {2, 2}, {}, {1, 1, 1, 1}};

/// pixels, a table, a wide table, all of [1,4,6,6], and what `make` makes of the last two as the output.
Plan ending(const auto& make) {
  PlanBuilder builder(1, {1, 4, 6, 6});
  const SlotId narrow = builder.table(builder.image()), wide = builder.wide_table(narrow);
  return builder.finish({make(builder, narrow, wide)});
}

template <class T>
T& last(Plan& plan) {
  return std::get<T>(plan.steps.back());
}

TEST(ValidateWide, KnowsWideSlots) {
  const Plan plan = ending([](PlanBuilder&, SlotId, SlotId wide) { return wide; });
  refuses(plan, "is wide with the zero point 1", [](Plan& p) { p.slots[2].zero_point = 1; });
  refuses(plan, "has 31 bits", [](Plan& p) { p.slots[2].bits = 31; });
  refuses(plan, "has 16 bits, needs 2 to 8 or 32", [](Plan& p) { p.slots[2].bits = 16; });
}

/// Each slot a step reads, and the one it writes, made narrow where it is wide and the other way round.
template <class T>
void refuses_other_widths(const Plan& plan, std::initializer_list<SlotId T::*> slots) {
  for (const auto slot : slots) {
    const bool wide = is_wide(plan[std::get<T>(plan.steps.back()).*slot]);
    const char* words = wide ? "computes in 32 bits with a slot of" : "computes in 8 bits with a slot of 32";
    refuses(plan, words, [&](Plan& p) {
      SlotId& id = last<T>(p).*slot;
      if (id == output(p.steps.back()))
        p.slots[index(id)] = {p[id].shape, wide ? 8 : kWideBits, 0};
      else
        id = wide ? kNarrow : kWide;
    });
  }
}

TEST(ValidateWide, ChecksThatStepsFindTheWidthTheyComputeWith) {
  using B = PlanBuilder;
  const auto is = [](const auto& make) { return ending(make); };
  refuses(is([](B&, SlotId, SlotId wide) { return wide; }), "computes in 8 bits with a slot of 32",
          [](Plan& p) {
            p.slots[index(kImage)] = {p.image, kWideBits, 0};
          });
  refuses_other_widths<Conv2d>(is([](B& b, SlotId n, SlotId) { return b.conv(n, {.outputs = 4}); }),
                               {&Conv2d::in, &Conv2d::out});
  refuses(is([](B& b, SlotId n, SlotId) { return b.conv(n, {.outputs = 4, .residual = n}); }),
          "computes in 8 bits with a slot of 32", [](Plan& p) { last<Conv2d>(p).residual->in = kWide; });
  refuses_other_widths<Add>(is([](B& b, SlotId n, SlotId) { return b.add(n, n); }),
                            {&Add::a, &Add::b, &Add::out});
  refuses_other_widths<Mul>(is([](B& b, SlotId n, SlotId) { return b.mul(n, n); }),
                            {&Mul::a, &Mul::b, &Mul::out});
  refuses_other_widths<AvgPool>(is([](B& b, SlotId n, SlotId) { return b.avg_pool(n, k2x2, true); }),
                                {&AvgPool::in, &AvgPool::out});
  refuses_other_widths<Upsample>(is([](B& b, SlotId n, SlotId) {
                                   return b.upsample(n, {2, 3});
                                 }),
                                 {&Upsample::in, &Upsample::out});
  refuses_other_widths<Table>(is([](B& b, SlotId n, SlotId) { return b.table(n); }),
                              {&Table::in, &Table::out});
  refuses_other_widths<WideConv2d>(is([](B& b, SlotId n, SlotId) { return b.wide_conv(n, {.outputs = 3}); }),
                                   {&WideConv2d::in, &WideConv2d::out});
  refuses_other_widths<WideTable>(is([](B& b, SlotId n, SlotId) { return b.wide_table(n); }),
                                  {&WideTable::in, &WideTable::out});
  refuses_other_widths<WideAdd>(is([](B& b, SlotId, SlotId w) { return b.wide_add(w, w); }),
                                {&WideAdd::a, &WideAdd::b, &WideAdd::out});
  refuses_other_widths<WideAvgPool>(is([](B& b, SlotId, SlotId w) { return b.wide_avg_pool(w, k2x2, true); }),
                                    {&WideAvgPool::out});
  refuses_other_widths<WideActivation>(is([](B& b, SlotId, SlotId w) { return b.wide_activation(w); }),
                                       {&WideActivation::in, &WideActivation::out});
  refuses_other_widths<WideUpsample>(is([](B& b, SlotId, SlotId w) {
                                       return b.wide_upsample(w, {2, 2});
                                     }),
                                     {&WideUpsample::in, &WideUpsample::out});
}

TEST(ValidateWide, MovesOnlyBetweenSlotsOfOneWidth) {
  using B = PlanBuilder;
  const auto moves = [](const auto& make) {
    for (const SlotId other : {kNarrow, kWide}) {
      const Plan plan = ending([&](B& b, SlotId n, SlotId w) { return make(b, other == kWide ? n : w); });
      refuses(plan, "different bits or zero points", [&](Plan& p) {
        std::visit(
            [&](auto& s) {
              if constexpr (requires { s.in = other; }) s.in = other;
            },
            p.steps.back());
      });
    }
  };
  moves([](B& b, SlotId in) { return b.max_pool(in, k2x2); });
  moves([](B& b, SlotId in) { return b.slice(in, {{0, 4, 2}, {0, 6, 1}, {0, 6, 1}}); });
  moves([](B& b, SlotId in) { return b.pad(in, {{}, {1, 1}, {}}); });
  moves([](B& b, SlotId in) { return b.shuffle(in, 2); });
  moves([](B& b, SlotId in) { return b.pixel_shuffle(in, {2, 2}); });
  moves([](B& b, SlotId in) { return b.pixel_unshuffle(in, {2, 3}); });
  moves([](B& b, SlotId in) { return b.upsample_nearest(in, {2, 2}); });
  refuses(ending([](B& b, SlotId, SlotId w) {
            return b.concat({w, w});
          }),
          "different bits or zero points", [](Plan& p) { last<Concat>(p).in[1] = kNarrow; });
}

TEST(ValidateWide, ChecksWideConvolutions) {
  const auto conv = [](const char* words, const auto& change) {
    const Plan plan = ending(
        [](PlanBuilder& b, SlotId n, SlotId) { return b.wide_conv(n, {.outputs = 3, .window = kPadded}); });
    refuses(plan, words, [&](Plan& p) { change(last<WideConv2d>(p)); });
  };
  conv("makes [1,3,6,6] for a slot of [1,3,3,3]", [](WideConv2d& s) { s.kernel.window.stride = {}; });
  conv("multipliers, needs 3", [](WideConv2d& s) { s.multiplier.pop_back(); });
  conv("shifts, needs 3", [](WideConv2d& s) { s.shift.pop_back(); });
  conv("has the multiplier -1", [](WideConv2d& s) { s.multiplier[1] = -1; });
  conv("has the shift 32", [](WideConv2d& s) { s.shift[1] = 32; });
  conv("does not fit 16 bits", [](WideConv2d& s) {
    s.kernel.bias[1] = 1 << 20;
    s.shift[1] = 0;
  });
  conv("an accumulator with its rounding", [](WideConv2d& s) { s.kernel.bias[1] = INT32_MAX; });
  conv("the weight", [](WideConv2d& s) { s.kernel.weight[0] = -128; });
}

TEST(ValidateWide, ChecksWideAverages) {
  const auto pool = [](const char* words, const auto& change) {
    const Plan plan =
        ending([](PlanBuilder& b, SlotId, SlotId w) { return b.wide_avg_pool(w, kPadded, false); });
    refuses(plan, words, [&](Plan& p) { change(last<WideAvgPool>(p)); });
  };
  pool("multipliers, needs 9", [](WideAvgPool& s) { s.multiplier.pop_back(); });
  pool("multipliers, needs 9", [](WideAvgPool& s) { s.multiplier.clear(); });
  pool("has the multiplier -1", [](WideAvgPool& s) { s.multiplier[3] = -1; });
  pool("has the shift 32", [](WideAvgPool& s) { s.shift = 32; });
  pool("has the shift 32", [](WideAvgPool& s) { s.post_shift = 32; });
  pool("averages with dilation", [](WideAvgPool& s) { s.window.dilation.w = 2; });
  pool("kernel, stride or dilation", [](WideAvgPool& s) { s.window.stride.h = 0; });
}

TEST(ValidateWide, ChecksActivationsAndUpsampling) {
  const Plan relu = ending([](PlanBuilder& b, SlotId, SlotId w) { return b.wide_activation(w); });
  refuses(relu, "clamps to [5, 4]", [](Plan& p) {
    last<WideActivation>(p).low = 5;
    last<WideActivation>(p).high = 4;
  });
  refuses(relu, "has the shift 32", [](Plan& p) { last<WideActivation>(p).slope_shift = 32; });
  refuses(relu, "for a slot of", [](Plan& p) { p.slots.back().shape.h = 7; });
  const Plan wide = ending([](PlanBuilder& b, SlotId, SlotId w) { return b.wide_upsample(w, {2, 2}); });
  refuses(wide, "has a factor outside 1 to", [](Plan& p) { last<WideUpsample>(p).factor.h = 0; });
  refuses(wide, "has the shift 32", [](Plan& p) { last<WideUpsample>(p).shift = 32; });
  const Plan narrow = ending([](PlanBuilder& b, SlotId n, SlotId) { return b.upsample(n, {2, 2}); });
  refuses(narrow, "has a factor outside 1 to", [](Plan& p) { last<Upsample>(p).factor.w = INT32_MAX; });
  refuses(narrow, "has the multiplier 1,", [](Plan& p) { last<Upsample>(p).rescale.multiplier = 1; });
  refuses(narrow, "clamps to", [](Plan& p) { last<Upsample>(p).clamp.low = -1000; });
  refuses(narrow, "makes [1,4,18,12]", [](Plan& p) { last<Upsample>(p).factor.h = 3; });
  const Plan nearest = ending([](PlanBuilder& b, SlotId n, SlotId) { return b.upsample_nearest(n, {2, 2}); });
  refuses(nearest, "has a factor outside 1 to", [](Plan& p) { last<UpsampleNearest>(p).factor.w = -1; });
  refuses(nearest, "makes [1,4,12,18]", [](Plan& p) { last<UpsampleNearest>(p).factor.w = 3; });
  const Plan shuffle = ending([](PlanBuilder& b, SlotId n, SlotId) { return b.pixel_shuffle(n, {2, 1}); });
  refuses(shuffle, "makes places of 3x1 out of 4 channels",
          [](Plan& p) { last<PixelShuffle>(p).factor.h = 3; });
  refuses(shuffle, "has a factor outside 1 to", [](Plan& p) { last<PixelShuffle>(p).factor = {0, 0}; });
  refuses(shuffle, "makes [1,1,12,12]", [](Plan& p) { last<PixelShuffle>(p).factor.w = 2; });
  const Plan back = ending([](PlanBuilder& b, SlotId n, SlotId) { return b.pixel_unshuffle(n, {2, 3}); });
  refuses(back, "makes channels of 4x3 places of an image of 6x6",
          [](Plan& p) { last<PixelUnshuffle>(p).factor.h = 4; });
  refuses(back, "has a factor outside 1 to", [](Plan& p) { last<PixelUnshuffle>(p).factor = {0, 0}; });
  refuses(back, "makes [1,16,3,3]", [](Plan& p) { last<PixelUnshuffle>(p).factor.w = 2; });
}

}  // namespace
}  // namespace zsq::runtime
