#include "runtime/memory.h"

#include <gtest/gtest.h>

#include "runtime/step.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

TEST(Memory, SlotsThatLiveAtOnceDoNotOverlap) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Plan plan = random_plan(seed);
    const MemoryPlan memory = plan_memory(plan);
    const auto lives = lifetimes(plan);
    std::int64_t separate = 0;
    for (std::size_t a = 0; a < plan.slots.size(); ++a) {
      const std::int64_t a_end = memory.offset[a] + reserved_bytes(plan.slots[a]);
      separate += reserved_bytes(plan.slots[a]);
      ASSERT_GE(reserved_bytes(plan.slots[a]),
                plan.slots[a].shape.size() * bytes_per_value(plan.slots[a]) + MemoryPlan::kSlack);
      ASSERT_EQ(memory.offset[a] % MemoryPlan::kAlignment, 0);
      ASSERT_LE(a_end, memory.bytes);
      for (std::size_t b = 0; b < a; ++b) {
        if (!lives[a].overlaps(lives[b])) continue;
        const std::int64_t b_end = memory.offset[b] + reserved_bytes(plan.slots[b]);
        ASSERT_TRUE(a_end <= memory.offset[b] || b_end <= memory.offset[a]) << seed << ": " << a << ", " << b;
      }
    }
    ASSERT_LE(memory.bytes, separate);
  }
}

TEST(Memory, ASlotLivesFromItsWriterToItsLastReader) {
  PlanBuilder builder(1, {1, 2, 4, 4});
  const SlotId a = builder.table(builder.image()), b = builder.table(a), c = builder.add(a, b);
  const Plan plan = builder.finish({builder.global_pool(c)});
  const auto lives = lifetimes(plan);
  EXPECT_EQ(lives[0].last, 1U);
  EXPECT_EQ(lives[index(a)].first, 1U);
  EXPECT_EQ(lives[index(a)].last, 3U);
  EXPECT_TRUE(lives[index(a)].overlaps(lives[index(c)]));
  EXPECT_FALSE(lives[0].overlaps(lives[index(b)]));
}

TEST(Memory, ReusesAChainsMemory) {
  PlanBuilder builder(1, {1, 8, 32, 32});
  SlotId last = builder.image();
  for (int i = 0; i < 20; ++i) last = builder.table(last);
  const Plan plan = builder.finish({builder.global_pool(last)});
  EXPECT_EQ(plan_memory(plan).bytes, 2 * reserved_bytes(plan.slots[0]));
}

}  // namespace
}  // namespace zsq::runtime
