// One case for each rule of the verifier: a sound plan, one change, and the words by which the change is
// found out.
#include "graph/limits.h"
#include "tests/runtime/complaint.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

constexpr Window kPadded3x3{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}};

/// pixels, conv 2 -> 4 in 2 groups, logits.
Plan plain() {
  PlanBuilder builder(1, {1, 2, 6, 5});
  Plan plan =
      builder.logits(builder.conv(builder.image(), {.outputs = 4, .groups = 2, .window = kPadded3x3}), 3);
  for (Slot& slot : plan.slots)
    if (!is_wide(slot)) slot = {slot.shape, 8, 1};
  step<Conv2d>(plan, 1).clamp = {};
  return plan;
}

/// pixels, conv, conv with residual, logits.
Plan residual() {
  PlanBuilder builder(2, {1, 2, 4, 4});
  const SlotId twin = builder.conv(builder.image(), {.outputs = 3, .window = kPadded3x3});
  return builder.logits(builder.conv(twin, {.outputs = 3, .window = kPadded3x3, .residual = twin}), 2);
}

TEST(Validate, AcceptsRandomPlans) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) ASSERT_EQ(complaint(random_plan(seed)), "") << seed;
}

TEST(Validate, KnowsItsImageItsSlotsAndItsClasses) {
  refuses(plain(), "the plan's image", [](Plan& p) { p.image.n = 2; });
  refuses(plain(), "the plan's image", [](Plan& p) { p.image.h = 0; });
  refuses(plain(), "the plan's image", [](Plan& p) { p.image.c = INT64_MAX; });
  refuses(plain(), "slot 1: has the impossible shape", [](Plan& p) { p.slots[1].shape.w = -1; });
  refuses(plain(), "impossible shape", [](Plan& p) { p.slots[1].shape = {1, 1 << 20, 1 << 20, 1 << 20}; });
  refuses(plain(), "has a batch of 3", [](Plan& p) { p.slots[1].shape.n = 3; });
  refuses(plain(), "has 9 bits", [](Plan& p) { p.slots[1].bits = 9; });
  refuses(plain(), "has 1 bits", [](Plan& p) { p.slots[1].bits = 1; });
  refuses(plain(), "the zero point 128", [](Plan& p) { p.slots[1].zero_point = 128; });
  refuses(plain(), "the zero point -3", [](Plan& p) { p.slots[1] = {p.slots[1].shape, 2, -3}; });
}

TEST(Validate, KnowsTheOrderOfSteps) {
  refuses(plain(), "makes nothing of its pixels", [](Plan& p) { p.steps.clear(); });
  refuses(plain(), "takes the pixels", [](Plan& p) { p.steps.erase(p.steps.begin()); });
  refuses(plain(), "takes the pixels", [](Plan& p) { p.steps.insert(p.steps.begin(), p.steps.front()); });
  refuses(plain(), "no step writes slot 2", [](Plan& p) { p.steps.pop_back(); });
  refuses(plain(), "which an earlier step has written", [](Plan& p) { p.steps.push_back(p.steps.back()); });
  refuses(plain(), "reads slot 7, which the plan does not have",
          [](Plan& p) { step<Conv2d>(p, 1).in = SlotId{7}; });
  refuses(plain(), "which the plan does not have", [](Plan& p) { step<Conv2d>(p, 1).in = SlotId{-1}; });
  refuses(plain(), "writes slot 9, which the plan does not have",
          [](Plan& p) { step<Conv2d>(p, 1).out = SlotId{9}; });
  refuses(plain(), "before any step writes it", [](Plan& p) { step<Conv2d>(p, 1).in = SlotId{1}; });
  refuses(plain(), "which an earlier step has written", [](Plan& p) { step<Conv2d>(p, 1).out = SlotId{0}; });
  refuses(plain(), "no step writes slot 3", [](Plan& p) { p.slots.push_back(p.slots.back()); });
  refuses(residual(), "before any step writes it",
          [](Plan& p) { step<Conv2d>(p, 2).residual->in = SlotId{2}; });
}

TEST(Validate, KnowsOutputs) {
  refuses(plain(), "a plan without outputs", [](Plan& p) { p.outputs.clear(); });
  refuses(plain(), "an output is slot 3, which the plan does not have",
          [](Plan& p) { p.outputs.push_back(SlotId{3}); });
  refuses(plain(), "an output is slot -1", [](Plan& p) { p.outputs = {SlotId{-1}}; });
  refuses(plain(), "slot 2 is an output twice", [](Plan& p) { p.outputs.push_back(p.outputs[0]); });
  Plan several = plain();
  several.outputs = {SlotId{2}, SlotId{0}, SlotId{1}};
  EXPECT_EQ(complaint(several), "");
  EXPECT_EQ(classes(plain()), 3);
  EXPECT_EQ(classes(several), std::nullopt);
  several.outputs = {SlotId{1}};
  EXPECT_EQ(classes(several), std::nullopt) << "it has places";
}

TEST(Validate, NamesTheStep) {
  Plan plan = plain();
  step<Conv2d>(plan, 1).kernel.bits = 1;
  EXPECT_EQ(complaint(plan), "step 1 (conv2d): has weights of 1 bits, needs 2 to 8");
}

TEST(Validate, ChecksPixels) {
  refuses(plain(), "pixel factors", [](Plan& p) { step<Pixels>(p, 0).offset.pop_back(); });
  refuses(plain(), "pixel factors", [](Plan& p) { step<Pixels>(p, 0).multiplier.push_back(1); });
  refuses(plain(), "pixel factors", [](Plan& p) { step<Pixels>(p, 0).shift.pop_back(); });
  refuses(plain(), "the pixel shift 32", [](Plan& p) { step<Pixels>(p, 0).shift[0] = 32; });
  refuses(plain(), "a pixel's product", [](Plan& p) { step<Pixels>(p, 0).multiplier[1] = 1 << 24; });
  refuses(plain(), "a scaled pixel", [](Plan& p) {
    step<Pixels>(p, 0).multiplier[1] = 1 << 22;
    step<Pixels>(p, 0).offset[1] = INT32_MAX - 100;
  });
  refuses(plain(), "a pixel's offset", [](Plan& p) { step<Pixels>(p, 0).offset[0] = INT32_MIN; });
  refuses(plain(), "makes [1,2,7,5]", [](Plan& p) { p.image.h = 7; });
}

TEST(Validate, ChecksKernels) {
  const auto kernel = [](const char* words, const auto& change) {
    refuses(plain(), words, [&](Plan& p) { change(step<Conv2d>(p, 1).kernel); });
  };
  kernel("kernel, stride or dilation", [](Kernel& k) { k.window.kernel.h = 0; });
  kernel("kernel, stride or dilation", [](Kernel& k) { k.window.stride.w = -1; });
  kernel("kernel, stride or dilation", [](Kernel& k) { k.window.dilation.w = INT32_MAX; });
  kernel("has padding outside", [](Kernel& k) { k.window.padding.left = -1; });
  kernel("has padding outside", [](Kernel& k) { k.window.padding.bottom = INT32_MAX; });
  kernel("has weights of 9 bits", [](Kernel& k) { k.bits = 9; });
  kernel("outputs in 0 groups", [](Kernel& k) { k.groups = 0; });
  kernel("outputs in 3 groups", [](Kernel& k) { k.groups = 3; });
  kernel("has 0 outputs", [](Kernel& k) { k.outputs = 0; });
  kernel("takes 2 inputs", [](Kernel& k) { k.inputs_per_group = 2; });
  kernel("takes 9223372036854775807 inputs", [](Kernel& k) { k.inputs_per_group = INT64_MAX; });
  kernel("biases", [](Kernel& k) { k.bias.pop_back(); });
  kernel("weights, needs 9 for each of 4 outputs", [](Kernel& k) { k.weight.pop_back(); });
  kernel("weights, needs 12 for each", [](Kernel& k) { k.window.kernel.h = 4; });
  kernel("the weight -128, which 8 symmetric bits", [](Kernel& k) { k.weight[5] = -128; });
  kernel("the weight 8, which 4 symmetric bits", [](Kernel& k) {
    std::fill(k.weight.begin(), k.weight.end(), std::int8_t{7});
    k.bits = 4;
    k.weight[0] = 8;
  });
  kernel("makes [1,4,4,5] for a slot of [1,4,6,5]", [](Kernel& k) { k.window.padding = {0, 1, 0, 1}; });
}

TEST(Validate, ChecksConvolutions) {
  const auto conv = [](const char* words, const auto& change) {
    refuses(plain(), words, [&](Plan& p) { change(step<Conv2d>(p, 1)); });
  };
  conv("clamps to [-129", [](Conv2d& s) { s.clamp.low = -129; });
  conv("clamps to", [](Conv2d& s) { s.clamp.high = 128; });
  conv("clamps to [3, 2]", [](Conv2d& s) { s.clamp = {3, 2}; });
  conv("rescales, needs 4", [](Conv2d& s) { s.rescale.pop_back(); });
  conv("has the multiplier 16383", [](Conv2d& s) { s.rescale[3].multiplier = 16383; });
  conv("has the first shift 32", [](Conv2d& s) { s.rescale[3].first_shift = 32; });
  conv("has the second shift 0", [](Conv2d& s) { s.rescale[3].second_shift = 0; });
  conv("has the second shift 22", [](Conv2d& s) { s.rescale[3].second_shift = 22; });
}

/// The proof fails exactly where the bound reaches 2^31.
TEST(Validate, ProvesAccumulatorsToTheLastUnit) {
  for (const int bits : {8, 4})
    for (const int sign : {1, -1})
      for (const int shift : {0, 1, 20, 30}) {
        Plan plan = plain();
        plan.slots[0].bits = bits;
        Conv2d& conv = step<Conv2d>(plan, 1);
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < 9; ++i) sum += std::abs(int{conv.kernel.weight[i]});
        conv.rescale[0].first_shift = static_cast<std::uint8_t>(shift);
        const std::int64_t edge =
            (std::int64_t{1} << 31) - (sum << (bits - 1)) - ((std::int64_t{1} << shift) >> 1);
        conv.kernel.bias[0] = static_cast<std::int32_t>(sign * (edge - 1));
        EXPECT_EQ(complaint(plan), "") << bits << ' ' << sign << ' ' << shift;
        conv.kernel.bias[0] = static_cast<std::int32_t>(sign * edge);
        EXPECT_NE(complaint(plan).find("an accumulator with its rounding could reach 2147483648"),
                  std::string::npos)
            << complaint(plan);
      }
}

TEST(Validate, ChecksResiduals) {
  const auto conv = [](const char* words, const auto& change) {
    refuses(residual(), words, [&](Plan& p) { change(*step<Conv2d>(p, 2).residual, p); });
  };
  conv("adds a residual of [1,2,4,4]", [](Residual& r, Plan&) { r.in = SlotId{0}; });
  conv("residual multipliers", [](Residual& r, Plan&) { r.multiplier.pop_back(); });
  conv("residual shifts", [](Residual& r, Plan&) { r.shift.pop_back(); });
  conv("the residual multiplier -1", [](Residual& r, Plan&) { r.multiplier[0] = -1; });
  conv("the residual shift 22", [](Residual& r, Plan&) { r.shift[0] = 22; });
  conv("a residual could reach", [](Residual& r, Plan&) {
    r.multiplier[0] = 32767;
    r.shift[0] = 21;
  });
  conv("has the multiplier 0", [](Residual&, Plan& p) { step<Conv2d>(p, 2).rescale[0].multiplier = 0; });
}

/// middle * m + residual + half, to the last unit of what the residual's multiplier can make.
TEST(Validate, ProvesTheSumWithAResidual) {
  Plan plan = residual();
  plan.slots[1] = {plan.slots[1].shape, 8, 0};  // |r| <= 128
  Conv2d& conv = step<Conv2d>(plan, 2);
  std::fill_n(conv.kernel.weight.begin(), 27, std::int8_t{0});
  conv.kernel.bias[0] = 32767;           // 32767 * 32767 = 2^30 - 2^16 + 1
  conv.rescale[0] = {32767, 0, 21};      // half a step is 2^20
  conv.residual->shift[0] = 8;           // 128 * mr * 2^8 = mr * 2^15
  conv.residual->multiplier[0] = 32737;  // 2^30 - 31 * 2^15, so 2^31 - 2^15 + 1 in all
  EXPECT_EQ(complaint(plan), "");
  conv.residual->multiplier[0] = 32738;
  EXPECT_NE(complaint(plan).find("a rescaled sum with its rounding could reach 2147483649"),
            std::string::npos)
      << complaint(plan);
}

/// A middle that saturates beside a residual: both ends, to the last step of the clamp.
TEST(Validate, ProvesThatTheMiddleReachesAsFarAsOutputAndResidual) {
  PlanBuilder builder(2, {1, 2, 4, 4});
  const SlotId twin = builder.conv(builder.image(), {.outputs = 3, .window = kPadded3x3});
  Plan plan = builder.finish({builder.conv(twin, {.outputs = 3, .residual = twin})});
  plan.slots[1] = {plan.slots[1].shape, 8, -28};  // less it, -100 to 155
  plan.slots[2] = {plan.slots[2].shape, 8, 0};
  Conv2d& conv = step<Conv2d>(plan, 2);
  std::ranges::fill(conv.kernel.weight, std::int8_t{0});
  conv.rescale.assign(3, {1 << 14, 0, 21});      // a middle step is 2^-7: at its end 255.99
  conv.residual->multiplier.assign(3, 1 << 14);  // a residual of 2^-7 * 2^7 = 1 output step each
  conv.residual->shift.assign(3, 7);
  const auto says = [&](int bias, Clamp clamp) {
    conv.kernel.bias.assign(3, bias);
    conv.clamp = clamp;
    return complaint(plan);
  };
  const std::string words = "the 16-bit middle could cut off";
  EXPECT_EQ(says(32767, {-128, 127}), "") << "nothing saturates";
  EXPECT_EQ(says(32768, {-100, 127}), "") << "256 - 100 is beyond 127, and -32768 is no saturation";
  EXPECT_EQ(says(1 << 20, {-101, 127}), "") << "-256 + 155 is -101";
  EXPECT_NE(says(1 << 20, {-102, 127}).find(words), std::string::npos);
  plan.slots[1].zero_point = 1;  // -129 to 126
  EXPECT_EQ(says(1 << 20, {-128, 127}), "") << "256 - 129 is 127, at the end";
  plan.slots[1].zero_point = 2;
  EXPECT_NE(says(1 << 20, {-128, 127}).find(words), std::string::npos);
  EXPECT_EQ(says(1 << 20, {-128, 126}), "");
  conv.rescale[2].multiplier = 1 << 13;
  EXPECT_NE(says(1 << 20, {-128, 126}).find(words), std::string::npos);
}

TEST(Validate, ChecksAdds) {
  const Plan sum = with([](PlanBuilder& b) { return b.add(b.image(), b.table(b.image())); });
  refuses(sum, "adds [1,4,6,6]", [](Plan& p) {
    step<Add>(p, 2).b = SlotId{3};
    std::swap(p.steps[2], p.steps[3]);
    step<AvgPool>(p, 2).in = SlotId{1};
  });
  refuses(sum, "has the multipliers -1", [](Plan& p) { step<Add>(p, 2).a_multiplier = -1; });
  refuses(sum, "has the shift 0", [](Plan& p) { step<Add>(p, 2).shift = 0; });
  refuses(sum, "has the shift 31", [](Plan& p) { step<Add>(p, 2).shift = 31; });
  refuses(sum, "clamps to", [](Plan& p) { step<Add>(p, 2).clamp.high = 1000; });
}

TEST(Validate, ChecksMuls) {
  const Plan product = with([](PlanBuilder& b) { return b.mul(b.image(), b.global_pool(b.image())); });
  refuses(product, "multiplies", [](Plan& p) {
    Mul& s = step<Mul>(p, 2);
    std::swap(s.a, s.b);
  });
  refuses(product, "has the multiplier 1", [](Plan& p) { step<Mul>(p, 2).rescale.multiplier = 1; });
  refuses(product, "clamps to", [](Plan& p) { step<Mul>(p, 2).clamp.low = -1000; });
}

TEST(Validate, ChecksPools) {
  const Window window{{3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}};
  const Plan max = with([&](PlanBuilder& b) { return b.max_pool(b.image(), window); });
  refuses(max, "kernel, stride or dilation", [](Plan& p) { step<MaxPool>(p, 1).window.stride.h = 0; });
  refuses(max, "lies in the padding", [](Plan& p) { step<MaxPool>(p, 1).window.padding.top = 3; });
  refuses(max, "for a slot of", [](Plan& p) { step<MaxPool>(p, 1).window.stride.h = 1; });
  refuses(max, "different bits or zero points", [](Plan& p) { p.slots[1].zero_point ^= 1; });
  const Plan average = with([&](PlanBuilder& b) { return b.avg_pool(b.image(), window, false); });
  refuses(average, "averages with dilation", [](Plan& p) { step<AvgPool>(p, 1).window.dilation.h = 2; });
  refuses(average, "rescales, needs 9", [](Plan& p) { step<AvgPool>(p, 1).rescale.pop_back(); });
  refuses(average, "rescales, needs 9", [](Plan& p) { step<AvgPool>(p, 1).rescale.clear(); });
  refuses(average, "has the multiplier 0", [](Plan& p) { step<AvgPool>(p, 1).rescale[4].multiplier = 0; });
  refuses(average, "clamps to", [](Plan& p) { step<AvgPool>(p, 1).clamp = {1, 0}; });
}

/// One step beyond the limits of graph/limits.h, which the importers obey too.
TEST(Validate, KnowsTheLimits) {
  const Plan max = with([](PlanBuilder& b) { return b.max_pool(b.image(), kPadded3x3); });
  for (const auto amount : {&Window::kernel, &Window::stride, &Window::dilation})
    refuses(max, "outside 1 to 16384",
            [&](Plan& p) { (step<MaxPool>(p, 1).window.*amount).w = kMaxSide + 1; });
  refuses(max, "outside 0 to 16384", [](Plan& p) { step<MaxPool>(p, 1).window.padding.left = kMaxSide + 1; });
  refuses(max, "impossible shape", [](Plan& p) { p.image.h = kMaxSide + 1; });
  refuses(max, "impossible shape", [](Plan& p) { p.slots[0].shape.c = kMaxExtent + 1; });
  refuses(with([](PlanBuilder& b) {
            return b.slice(b.image(), {{0, 4}, {0, 6}, {0, 6}});
          }),
          "slices", [](Plan& p) { step<Slice>(p, 1).ranges.h.step = kMaxExtent + 1; });
}

TEST(Validate, RefusesADilatedWindowThatSeesNothing) {
  PlanBuilder builder(1, {1, 2, 1, 1});
  Plan plan = builder.finish({builder.max_pool(builder.image(), {{2, 2}, {1, 1}, {2, 2}, {1, 1, 1, 1}})});
  EXPECT_NE(complaint(plan).find("lies in the padding"), std::string::npos) << complaint(plan);
}

TEST(Validate, ProvesTheSumOfAnAverage) {
  PlanBuilder builder(1, {1, 1, 1, 1});
  const SlotId wide = builder.pad(builder.image(), {{}, {0, 4000}, {0, 4000}});
  Plan plan = builder.finish({builder.global_pool(wide)});
  for (Slot& slot : plan.slots) slot = {slot.shape, 8, -128};  // 255 * 4001^2 > 2^31
  step<Pad>(plan, 1).value = 0;
  step<AvgPool>(plan, 2).clamp = {};
  step<AvgPool>(plan, 2).rescale = {{1 << 14, 14, 21}};
  EXPECT_NE(complaint(plan).find("an accumulator with its rounding"), std::string::npos) << complaint(plan);
}

TEST(Validate, ChecksTables) {
  const Plan table = with([](PlanBuilder& b) { return b.table(b.image()); });
  refuses(table, "the table value", [](Plan& p) {
    p.slots[1] = {p.slots[1].shape, 4, 0};
    step<Table>(p, 1).values.fill(7);
    step<Table>(p, 1).values[255] = 8;
  });
  refuses(table, "makes [1,4,6,6] for a slot of", [](Plan& p) { p.slots[1].shape.c = 3; });
}

TEST(Validate, ChecksMoves) {
  const auto same = [](Plan& p) { p.slots.at(2).zero_point ^= 1; };
  const Plan concat = with([](PlanBuilder& b) {
    return b.concat({b.image(), b.table_like(b.image(), b.image())});
  });
  refuses(concat, "different bits or zero points", same);
  refuses(concat, "takes 2 or more inputs", [](Plan& p) { step<Concat>(p, 2).in.pop_back(); });
  refuses(concat, "takes 2 or more inputs", [](Plan& p) { step<Concat>(p, 2).in.clear(); });
  refuses(concat, "for a slot of", [](Plan& p) { step<Concat>(p, 2).in.push_back(SlotId{0}); });
  const Plan slice = with([](PlanBuilder& b) {
    return b.slice(b.table(b.image()), {{0, 4, 2}, {1, 5, 1}, {0, 6, 3}});
  });
  refuses(slice, "different bits or zero points", same);
  refuses(slice, "slices", [](Plan& p) { step<Slice>(p, 2).ranges.h.end = 7; });
  refuses(slice, "slices", [](Plan& p) { step<Slice>(p, 2).ranges.h.begin = -1; });
  refuses(slice, "slices", [](Plan& p) { step<Slice>(p, 2).ranges.w.step = 0; });
  refuses(slice, "slices [0:6:", [](Plan& p) { step<Slice>(p, 2).ranges.w.step = INT64_MAX; });
  const Plan pad = with([](PlanBuilder& b) { return b.pad(b.table(b.image()), {{1, 2}, {0, 1}, {3, 0}}); });
  refuses(pad, "different bits or zero points", same);
  refuses(pad, "has a padding of -1", [](Plan& p) { step<Pad>(p, 2).amounts.c.before = -1; });
  refuses(pad, "for a slot of", [](Plan& p) { step<Pad>(p, 2).amounts.c.before = 3; });
  refuses(pad, "the padding value", [](Plan& p) {
    for (Slot& slot : p.slots) slot = {slot.shape, 2, 0};
    step<Table>(p, 1).values.fill(0);
    step<AvgPool>(p, 3).clamp = {0, 0};
    step<Pad>(p, 2).value = 2;
  });
  const Plan shuffle = with([](PlanBuilder& b) { return b.shuffle(b.table(b.image()), 2); });
  refuses(shuffle, "different bits or zero points", same);
  refuses(shuffle, "shuffles 4 channels in 3 groups", [](Plan& p) { step<ChannelShuffle>(p, 2).groups = 3; });
  refuses(shuffle, "shuffles", [](Plan& p) { step<ChannelShuffle>(p, 2).groups = 0; });
}

}  // namespace
}  // namespace zsq::runtime
