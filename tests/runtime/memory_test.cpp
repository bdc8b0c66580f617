#include "runtime/memory.h"

#include <gtest/gtest.h>

#include "runtime/step.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

void expect_no_overlap(const Plan& plan, std::size_t seed) {
  const MemoryPlan memory = plan_memory(plan, plain_demand(plan));
  const auto lives = lifetimes(plan, plain_demand(plan).stages);
  std::int64_t separate = 0;
  for (std::size_t a = 0; a < plan.slots.size(); ++a) {
    const std::int64_t a_end = memory.offset[a] + reserved_bytes(memory.layout[a]);
    separate += reserved_bytes(memory.layout[a]);
    ASSERT_GE(reserved_bytes(memory.layout[a]),
              plan.slots[a].shape.size() * (is_wide(plan.slots[a]) ? 4 : 1) + MemoryPlan::kSlack);
    ASSERT_EQ(memory.offset[a] % MemoryPlan::kAlignment, 0);
    ASSERT_LE(a_end, memory.bytes);
    for (std::size_t b = 0; b < a; ++b) {
      if (!lives[a].overlaps(lives[b])) continue;
      const std::int64_t b_end = memory.offset[b] + reserved_bytes(memory.layout[b]);
      ASSERT_TRUE(a_end <= memory.offset[b] || b_end <= memory.offset[a]) << seed << ": " << a << ", " << b;
    }
  }
  ASSERT_LE(memory.bytes, separate);
}

TEST(Memory, SlotsThatLiveAtOnceDoNotOverlap) {
  for (std::uint64_t seed = 0; seed < 500; ++seed)
    ASSERT_NO_FATAL_FAILURE(expect_no_overlap(random_plan(seed), seed));
}

/// Many slots that live long, so that almost every two live at once: each is read again by a later step.
Plan long_lived(std::int64_t count) {
  PlanBuilder builder(1, {1, 1, 3, 3});
  std::vector<SlotId> made{builder.image()};
  for (std::int64_t i = 1; i < count / 2; ++i)
    made.push_back(
        builder.table(i % 3 == 0 ? builder.upsample_nearest(builder.image(), {1, static_cast<int>(1 + i % 7)})
                                 : made.back()));
  for (std::size_t i = made.size(); i-- > 1;) made.push_back(builder.table(made[i]));
  return builder.finish({builder.global_pool(made.back())});
}

TEST(Memory, LooksAtFewBlocksHoweverManySlotsThereAre) {
  PlanBuilder chain(1, {1, 1, 2, 2});
  SlotId last = chain.image();
  for (int i = 0; i < 20'000; ++i) last = chain.table(last);
  const Plan long_chain = chain.finish({last});
  EXPECT_LE(plan_memory(long_chain, plain_demand(long_chain)).looks, 2 * 20'001);
  const Plan plan = long_lived(20'000);
  ASSERT_GE(plan.slots.size(), 20'000U);
  EXPECT_LE(plan_memory(plan, plain_demand(plan)).looks, 2 * std::ssize(plan.slots));
}

TEST(Memory, OfManyLongLivedSlotsIsSoundToo) {
  ASSERT_NO_FATAL_FAILURE(expect_no_overlap(long_lived(3000), 0));
}

TEST(Memory, ASlotLivesFromItsWriterToItsLastReader) {
  PlanBuilder builder(1, {1, 2, 4, 4});
  const SlotId a = builder.table(builder.image()), b = builder.table(a), c = builder.add(a, b);
  const Plan plan = builder.finish({builder.global_pool(c)});
  const auto lives = lifetimes(plan, plain_demand(plan).stages);
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
  EXPECT_EQ(plan_memory(plan, plain_demand(plan)).bytes, 2 * reserved_bytes(dense_layouts(plan)[0]));
}

/// A slot that lives inside one stage can need none; what a stage writes lives beside all that it reads.
TEST(Memory, CountsLivesInStages) {
  PlanBuilder builder(1, {1, 2, 4, 4});
  const SlotId a = builder.table(builder.image()), b = builder.table(a), c = builder.table(b);
  const Plan plan = builder.finish({c});
  MemoryDemand demand{.stages = {{0, 1}, {1, 2}, {3, 1}}, .channel_multiple = {1, 0, 1, 1}};
  const auto lives = lifetimes(plan, demand.stages);
  EXPECT_TRUE(lives[0].overlaps(lives[index(b)])) << "in one stage";
  EXPECT_FALSE(lives[0].overlaps(lives[index(c)]));
  const std::int64_t slot = reserved_bytes(dense_layouts(plan)[0]);
  EXPECT_EQ(plan_memory(plan, demand).bytes, 2 * slot);
  demand.channel_multiple[index(a)] = 1;
  EXPECT_EQ(plan_memory(plan, demand).bytes, 3 * slot);
  demand.channel_multiple = {1, 1, 64, 1};
  const MemoryPlan padded = plan_memory(plan, demand);
  EXPECT_EQ(padded.layout[index(b)].channel_stride, 64);
  EXPECT_EQ(padded.bytes, 2 * slot + reserved_bytes(padded.layout[index(b)]));
}

}  // namespace
}  // namespace zsq::runtime
