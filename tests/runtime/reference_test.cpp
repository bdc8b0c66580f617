// The reference against the second model: every tensor, every value.
#include <gtest/gtest.h>

#include "runtime/session.h"
#include "tests/runtime/model_plan.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

/// Runs both on each image and compares every tensor and the logits.
void expect_equal_to_model(const Plan& plan, std::uint64_t seed, std::int64_t images = 3) {
  const auto session = make_session(plan, Device::reference);
  for (std::int64_t i = 0; i < images; ++i) {
    const auto pixels = random_pixels(plan, 1, seed * 100 + static_cast<std::uint64_t>(i));
    const auto wanted = model::run(plan, pixels);
    std::vector<std::int32_t> logits(static_cast<std::size_t>(plan.classes));
    std::size_t seen = 0;
    session->run(pixels, logits, [&](SlotId id, std::span<const std::int8_t> got) {
      ++seen;
      ASSERT_EQ(std::vector(got.begin(), got.end()), wanted.slots[index(id)]) << "slot " << index(id);
    });
    ASSERT_EQ(seen, plan.slots.size());
    ASSERT_EQ(logits, wanted.logits);
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
  std::vector<std::int32_t> together(static_cast<std::size_t>(5 * plan.classes)), observed(together.size());
  session->run(pixels, together);
  session->run(pixels, observed, [](SlotId, std::span<const std::int8_t>) {});
  EXPECT_EQ(together, observed);
}

}  // namespace
}  // namespace zsq::runtime
