// The reference against the second model: every tensor, every value.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "runtime/session.h"
#include "runtime/step.h"
#include "tests/runtime/model_plan.h"
#include "tests/runtime/outputs.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

std::vector<std::int64_t> values(const TensorView& view) {
  return std::visit([](const auto& v) { return std::vector<std::int64_t>(v.begin(), v.end()); }, view);
}

/// Runs both on each image and compares every tensor and every output.
void expect_equal_to_model(const Plan& plan, std::uint64_t seed, std::int64_t images = 3) {
  const auto session = make_session(plan, Device::reference);
  for (std::int64_t i = 0; i < images; ++i) {
    const auto pixels = random_pixels(plan, 1, seed * 100 + static_cast<std::uint64_t>(i));
    const auto wanted = model::run(plan, pixels);
    Outputs outputs(plan, 1);
    std::size_t seen = 0;
    session->run(pixels, outputs.spans(), [&](SlotId id, const TensorView& got) {
      ++seen;
      ASSERT_EQ(std::holds_alternative<std::span<const std::int32_t>>(got), is_wide(plan[id]));
      ASSERT_EQ(values(got), wanted.slots[index(id)]) << "slot " << index(id);
    });
    ASSERT_EQ(seen, plan.slots.size());
    for (std::size_t o = 0; o < plan.outputs.size(); ++o)
      ASSERT_EQ(values(outputs.spans()[o]), wanted.outputs[o]) << "output " << o;
  }
}

TEST(Reference, EqualsTheModelOnRandomPlans) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    ASSERT_NO_FATAL_FAILURE(expect_equal_to_model(random_plan(seed), seed));
  }
}

TEST(Reference, EqualsTheModelOnEveryWindow) {
  std::uint64_t seed = 0;
  for (const Size2 kernel : {Size2{1, 1}, Size2{3, 3}, Size2{1, 5}, Size2{4, 2}})
    for (const Size2 stride : {Size2{1, 1}, Size2{2, 2}, Size2{3, 1}})
      for (const Size2 dilation : {Size2{1, 1}, Size2{2, 3}})
        for (const Padding& padding :
             {Padding{}, Padding{1, 1, 1, 1}, Padding{0, 3, 2, 1}, Padding{5, 0, 0, 6}})
          for (const int groups : {1, 2, 6}) {
            PlanBuilder builder(++seed, {1, 6, 12, 13});
            const ConvSpec spec{
                .outputs = 12, .groups = groups, .window = {kernel, stride, dilation, padding}};
            SlotId last = builder.conv(builder.image(), spec);
            const SlotId twin = builder.table(last);
            ConvSpec with_residual = spec;
            with_residual.residual = twin;
            last = builder.conv(builder.image(), with_residual);
            ASSERT_NO_FATAL_FAILURE(expect_equal_to_model(builder.logits(last, 3), seed, 1));
          }
}

TEST(Reference, GivesTheSameWithAndWithoutAnObserverAndForEveryBatch) {
  const Plan plan = random_plan(12);
  const auto session = make_session(plan, Device::reference);
  const auto pixels = random_pixels(plan, 5, 1);
  Outputs together(plan, 5), observed(plan, 5);
  session->run(pixels, together.spans());
  session->run(pixels, observed.spans(), [](SlotId, const TensorView&) {});
  EXPECT_EQ(together, observed);
}

/// Every kind of step is among the random plans, narrow and wide: what these tests compare, they compare for
/// all.
TEST(RandomPlans, HaveEveryKindOfStepAndOfOutput) {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    const Plan plan = random_plan(seed);
    for (const Step& step : plan.steps)
      ++seen[std::string(kind(step)) + (is_wide(plan[output(step)]) ? " to wide" : " to narrow")];
    for (const SlotId id : plan.outputs) ++seen[is_wide(plan[id]) ? "wide output" : "narrow output"];
    ++seen[std::to_string(plan.outputs.size()) + " outputs"];
    ++seen[classes(plan) ? "classifier" : "other"];
  }
  const auto expect = [&](const std::string& what) { EXPECT_GT(seen[what], 20) << what; };
  for (const char* narrow :
       {"pixels", "conv2d", "add", "mul", "avg_pool", "upsample", "table", "max_pool", "concat", "slice",
        "pad", "channel_shuffle", "pixel_shuffle", "pixel_unshuffle", "upsample_nearest"})
    expect(std::string(narrow) + " to narrow");
  for (const char* wide : {"max_pool", "concat", "slice", "pad", "channel_shuffle", "pixel_shuffle",
                           "pixel_unshuffle", "upsample_nearest", "wide_conv2d", "wide_table", "wide_add",
                           "wide_avg_pool", "wide_activation", "wide_upsample"})
    expect(std::string(wide) + " to wide");
  for (const char* what :
       {"wide output", "narrow output", "1 outputs", "2 outputs", "3 outputs", "classifier", "other"})
    expect(what);
}

}  // namespace
}  // namespace zsq::runtime
