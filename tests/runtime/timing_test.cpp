#include "runtime/timing.h"

#include <gtest/gtest.h>

#include "runtime/cpu/instruction_sets.h"
#include "tests/runtime/plan_builder.h"

namespace zsq::runtime {
namespace {

TEST(Timing, SaysWhatComputesEachStep) {
  PlanBuilder builder(3, {1, 24, 9, 9});
  const SlotId dense =
      builder.conv(builder.image(), {.outputs = 64, .window = {{3, 3}, {}, {}, {}}, .bits = 4});
  const SlotId shuffled = builder.shuffle(dense, 4);
  const SlotId light = builder.conv(shuffled, {.outputs = 64, .window = {{3, 3}, {}, {}, {}}, .bits = 5});
  const Plan plan = builder.logits(light, 5);
  for (const std::string& path : cpu_paths()) {
    const auto by = computed_by(plan, {.path = path});
    ASSERT_EQ(by.size(), plan.steps.size());
    EXPECT_EQ(by[1].find(path), 0U) << by[1];
    EXPECT_EQ(by[2], "reference") << "nobody else shuffles";
    EXPECT_EQ(by[3].find("16-bit sums") != std::string::npos, path == "avx2" || path == "avx512") << by[3];
    if (path == "avx2") {
      EXPECT_EQ(by[1], "avx2: tiles, packed 4 bits");
    }
  }
}

TEST(Timing, TimesStagesOfSeveralPlansInTurns) {
  std::vector<Plan> plans;
  for (const int bits : {8, 4}) {
    PlanBuilder builder(3, {1, 24, 9, 9}, Manner::common);
    const SlotId dense = builder.conv(builder.image(), {.outputs = 64, .bits = bits});
    plans.push_back(builder.logits(builder.shuffle(dense, 4), 5));
  }
  const Plan* const both[] = {&plans[0], &plans[1]};
  int rounds = 0;
  const auto times = time_stages(both, {}, 2, 3, [&](int) { ++rounds; });
  EXPECT_EQ(rounds, 3);
  ASSERT_EQ(times.size(), 2U);
  for (std::size_t p = 0; p < 2; ++p) {
    std::size_t step = 0;
    for (const StageTime& stage : times[p]) {
      EXPECT_EQ(stage.first_step, step);
      step += stage.steps;
      EXPECT_GT(stage.seconds, 0);
      EXPECT_LT(stage.seconds, 10);
    }
    EXPECT_EQ(step, plans[p].steps.size());
  }
}

TEST(Timing, KnowsAPeakOfEachSetWithTiles) {
  for (const cpu::InstructionSet& set : cpu::instruction_sets())
    EXPECT_EQ(product_peak(std::string(set.name)) > 1e8, set.tiles != nullptr && set.is_here()) << set.name;
  EXPECT_EQ(product_peak("reference"), 0);
}

}  // namespace
}  // namespace zsq::runtime
