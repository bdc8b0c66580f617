// The bounds of |value| that the verifier carries through wide slots: exactly these, and refused from 2^31
// on.
#include "runtime/step.h"
#include "tests/runtime/complaint.h"

namespace zsq::runtime {
namespace {

constexpr SlotId kWide{1}, kOut{2};
constexpr int kMost = INT32_MAX;

/// pixels [1,4,6,6] of 8 bits around 3, a wide table of values up to 1000 in amount, and one step more.
Plan ending(const Shape& made, Step step, int most = 1000) {
  PlanBuilder builder(1, {1, 4, 6, 6});
  Plan plan = builder.finish({builder.wide_table(builder.image())});
  plan.slots[0] = {plan.image, 8, 3};
  auto& values = std::get<WideTable>(plan.steps.back()).values;
  values.fill(most / 2);
  values[100] = -most;
  plan.slots.push_back({made, kWideBits, 0});
  plan.steps.push_back(std::move(step));
  plan.outputs = {kOut};
  return plan;
}

constexpr Shape kImage{1, 4, 6, 6};

/// What the verifier says of the output's bound, where it is 2 or more: a slope far too steep makes it talk.
std::string bound_of(Plan plan) {
  if (const std::string complained = complaint(plan); !complained.empty()) return complained;
  const SlotId last = plan.outputs.front(), out = SlotId(std::ssize(plan.slots));
  plan.slots.push_back(plan[last]);
  plan.steps.emplace_back(WideActivation{.in = last, .out = out, .slope_multiplier = kMost});
  const std::string said = complaint(plan), words = "below zero could reach ";
  const auto at = said.find(words);
  if (at == std::string::npos) return said;
  const std::int64_t product = std::stoll(said.substr(at + words.size()));
  return product % kMost == 0 ? std::to_string(product / kMost) : said;
}

TEST(WideBounds, OfATable) {
  EXPECT_EQ(bound_of(ending(kImage, WideAdd{kWide, kWide, kOut}, 1)), "2");
  Plan plan = ending(kImage, WideActivation{.in = kWide, .out = kOut}, kMost);
  EXPECT_EQ(bound_of(plan), std::to_string(kMost));
  std::get<WideTable>(plan.steps[1]).values[7] = INT32_MIN;
  EXPECT_NE(complaint(plan).find("a wide value could reach 2147483648"), std::string::npos);
}

TEST(WideBounds, OfAnAdd) {
  EXPECT_EQ(bound_of(ending(kImage, WideAdd{kWide, kWide, kOut})), "2000");
  EXPECT_EQ(bound_of(ending(kImage, WideAdd{kWide, kWide, kOut}, kMost / 2)), std::to_string(kMost - 1));
  EXPECT_NE(complaint(ending(kImage, WideAdd{kWide, kWide, kOut}, kMost / 2 + 1))
                .find("a wide value could reach 2147483648"),
            std::string::npos);
}

TEST(WideBounds, OfAConvolution) {
  Kernel kernel{.outputs = 2,
                .inputs_per_group = 4,
                .window = {},
                .weight = {1, -2, 3, 4, 0, 0, 0, 5},
                .bias = {-100, 7}};
  Plan plan = ending({1, 2, 6, 6}, WideConv2d{SlotId{0}, kOut, kernel, {3, 100}, {1, 3}});
  EXPECT_EQ(bound_of(plan), "8100") << "of (100 + 10 * 128 + 1) / 2 * 3 and (7 + 5 * 128 + 4) / 8 * 100";
  auto& conv = std::get<WideConv2d>(plan.steps.back());
  conv.kernel.bias[0] = 65'534 - 1280;
  EXPECT_EQ(bound_of(plan), std::to_string(32767 * 3));
  conv.kernel.bias[0] += 1;
  EXPECT_NE(complaint(plan).find("could reach 32768 after its shift"), std::string::npos) << complaint(plan);
}

TEST(WideBounds, OfAverages) {
  const Window window{{2, 3}, {2, 3}, {}, {}};
  WideAvgPool pool{
      .in = kWide, .out = kOut, .window = window, .shift = 1, .post_shift = 2, .multiplier = {9}};
  EXPECT_EQ(bound_of(ending({1, 4, 3, 2}, pool)), std::to_string((6 * 500 + 2) / 4 * 9));
  pool.in = SlotId{0};  // |q - 3| <= 131
  EXPECT_EQ(bound_of(ending({1, 4, 3, 2}, pool)), std::to_string((6 * 66 + 2) / 4 * 9));
  pool.multiplier = {50, 1, 1, 1, 1, 2};  // of one place 66, and of six 396
  EXPECT_EQ(bound_of(ending({1, 4, 3, 2}, pool)), std::to_string((66 + 2) / 4 * 50));
  pool = {.in = kWide, .out = kOut, .window = window, .shift = 0, .post_shift = 0, .multiplier = {1}};
  EXPECT_EQ(bound_of(ending({1, 4, 3, 2}, pool, kMost / 6)), std::to_string(kMost / 6 * 6));
  EXPECT_NE(complaint(ending({1, 4, 3, 2}, pool, kMost / 6 + 1)), "") << "the sum overflows";
  pool.multiplier = {kMost};
  EXPECT_NE(complaint(ending({1, 4, 3, 2}, pool)), "") << "the product overflows";
  pool.shift = 31;
  EXPECT_NE(complaint(ending({1, 4, 3, 2}, pool, kMost)), "") << "a term's rounding overflows";
}

TEST(WideBounds, OfActivations) {
  const auto bound = [](WideActivation step, int most = 1000) {
    step.in = kWide;
    step.out = kOut;
    return bound_of(ending(kImage, step, most));
  };
  EXPECT_EQ(bound({.low = 0, .high = kMost}), "1000");
  EXPECT_EQ(bound({.low = 0, .high = 60}), "60");
  EXPECT_EQ(bound({.low = -70, .high = 60}), "70");
  EXPECT_EQ(bound({.low = -5000, .high = 4000}), "1000");
  EXPECT_EQ(bound({.low = 5000, .high = 6000}), "5000");
  EXPECT_EQ(bound({.low = -6000, .high = -5000}), "5000");
  EXPECT_EQ(bound({.slope_multiplier = 3}), "3000");
  EXPECT_EQ(bound({.slope_multiplier = -3}), "3000");
  EXPECT_EQ(bound({.slope_multiplier = 3, .slope_shift = 3}), "1000") << "above zero there is no slope";
  EXPECT_EQ(bound({.slope_multiplier = 9, .slope_shift = 3}), std::to_string(1004 / 8 * 9));
  EXPECT_NE(bound({.slope_shift = 31}, kMost / 2 + 2).find("accumulator with its rounding"),
            std::string::npos);
}

TEST(WideBounds, OfUpsampling) {
  const WideUpsample step{kWide, kOut, {2, 3}, 2};
  EXPECT_EQ(bound_of(ending({1, 4, 12, 18}, step)), std::to_string(24 * (1002 / 4)));
  const WideUpsample plain{kWide, kOut, {2, 3}, 0};
  EXPECT_EQ(bound_of(ending({1, 4, 12, 18}, plain, kMost / 24)), std::to_string(kMost / 24 * 24));
  EXPECT_NE(complaint(ending({1, 4, 12, 18}, plain, kMost / 24 + 1)), "");
}

TEST(WideBounds, OfMoves) {
  EXPECT_EQ(bound_of(ending(kImage, MaxPool{kWide, kOut, {}})), "1000");
  EXPECT_EQ(bound_of(ending({1, 8, 6, 6}, Concat{{kWide, kWide}, kOut})), "1000");
  EXPECT_EQ(bound_of(ending({1, 1, 1, 1}, Slice{kWide, kOut, {{0, 1, 1}, {0, 1, 1}, {0, 1, 1}}})), "1000");
  EXPECT_EQ(bound_of(ending({1, 5, 6, 6}, Pad{kWide, kOut, {{0, 1}, {}, {}}, 900})), "1000");
  EXPECT_EQ(bound_of(ending({1, 5, 6, 6}, Pad{kWide, kOut, {{0, 1}, {}, {}}, -1100})), "1100");
  EXPECT_EQ(bound_of(ending(kImage, ChannelShuffle{kWide, kOut, 2})), "1000");
  EXPECT_EQ(bound_of(ending({1, 1, 12, 12}, PixelShuffle{kWide, kOut, {2, 2}})), "1000");
  EXPECT_EQ(bound_of(ending({1, 16, 3, 3}, PixelUnshuffle{kWide, kOut, {2, 2}})), "1000");
  EXPECT_EQ(bound_of(ending({1, 4, 12, 6}, UpsampleNearest{kWide, kOut, {2, 1}})), "1000");
  Plan plan = ending({1, 8, 6, 6}, Concat{{kWide, kWide}, kOut});
  plan.slots.push_back({kImage, kWideBits, 0});
  plan.steps.insert(plan.steps.begin() + 2, WideAdd{kWide, kWide, SlotId{3}});
  std::get<Concat>(plan.steps.back()).in = {kWide, SlotId{3}};
  EXPECT_EQ(bound_of(plan), "2000") << "the largest of all inputs";
}

/// The narrow step's own proof.
TEST(WideBounds, OfNarrowUpsampling) {
  PlanBuilder builder(1, {1, 1, 1, 1});
  Plan plan = builder.finish({builder.upsample(builder.image(), {1 << 10, 1 << 11})});
  plan.slots[0] = {plan.image, 8, 0};  // |x| <= 128, and the weights sum to 2^23
  auto& step = std::get<Upsample>(plan.steps.back());
  step.rescale = {1 << 14, 20, 21};
  EXPECT_EQ(complaint(plan), "");
  plan.slots[0].zero_point = -128;
  EXPECT_EQ(complaint(plan), "") << "255 * 2^23 < 2^31";
  step.rescale.first_shift = 31;
  EXPECT_NE(complaint(plan).find("an accumulator with its rounding"), std::string::npos) << complaint(plan);
}

}  // namespace
}  // namespace zsq::runtime
