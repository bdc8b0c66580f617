// Which implementation computes which steps, and what a plan's memory looks like for it.
#include "runtime/cpu/program.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "runtime/cpu/instruction_sets.h"
#include "runtime/session.h"
#include "tests/runtime/random_plan.h"
#include "tests/runtime/test_implementations.h"

namespace zsq::runtime {
namespace {

CpuPath path(const std::string& name) {
  for (const CpuPath& p : cpu_paths_to_test())
    if (p.name == name) return p;
  return {};
}

TEST(Choice, TakesTheFirstThatHasAKernelAndCoversEveryStepOnce) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plan plan = random_plan(seed);
    for (const CpuPath& p : cpu_paths_to_test())
      for (const std::size_t most : {std::size_t{1}, plan.steps.size()}) {
        std::size_t step = 0;
        for (const cpu::Choice& c : cpu::choose(plan, p.implementations, most)) {
          ASSERT_EQ(c.stage.first, step);
          ASSERT_LE(c.stage.count, most);
          const auto has_kernel = [&](const auto* one) { return one->takes(plan, step, most) > 0; };
          ASSERT_EQ(c.implementation, *std::ranges::find_if(p.implementations, has_kernel)) << p.name;
          step = c.stage.end();
        }
        ASSERT_EQ(step, plan.steps.size());
      }
  }
}

TEST(Choice, FallsBackOnTheReference) {
  PlanBuilder builder(1, {1, 4, 3, 3});
  const Plan plan = builder.finish({builder.mul(builder.image(), builder.image())});
  const auto choices = cpu::choose(plan, cpu::implementations(), 2);
  ASSERT_EQ(choices.size(), 2U);
  EXPECT_EQ(choices[0].implementation, cpu::implementations().front());
  EXPECT_EQ(choices[1].implementation->name(), "reference");
}

std::int64_t packed_bytes(const Plan& plan, std::span<const cpu::Choice> choices) {
  std::int64_t bytes = 0;
  for (const cpu::Choice& c : choices) bytes += c.implementation->packed_bytes(plan, c.stage);
  return bytes;
}

/// A group of one output is padded to 16 lanes of 32 bits: 64 times the size of its weights in memory, and at
/// two bits 256 times that in a file.
TEST(Choice, PacksNoMoreThanItsLimit) {
  constexpr int kGroups = 1 << 16;
  PlanBuilder builder(1, {1, 2 * kGroups, 1, 1});
  SlotId last = builder.conv(builder.image(), {.outputs = kGroups, .groups = kGroups, .bits = 2});
  last = builder.concat({last, last});
  last = builder.conv(last, {.outputs = kGroups, .groups = kGroups, .bits = 2});
  const Plan plan = builder.finish({last});
  const std::int64_t weights = 2 * 2 * kGroups;
  EXPECT_EQ(packing_limit(plan), 16 * weights + (16 << 20));
  const auto choices = cpu::choose(plan, cpu::implementations(), 1);
  EXPECT_LE(packed_bytes(plan, choices), packing_limit(plan));
  EXPECT_EQ(choices[3].implementation->name(), "reference");
  const auto best = cpu::implementations().front();
  EXPECT_EQ(best->packed_bytes(plan, {1, 1}), std::int64_t{kGroups} * 16 * 4 * (2 + 7));
  const auto pixels = random_pixels(plan, 1, 1);
  std::vector<std::int32_t> got(kGroups), wanted(kGroups);
  make_session(plan, Device::cpu)->run(pixels, got);
  make_session(plan, Device::reference)->run(pixels, wanted);
  EXPECT_EQ(got, wanted);
}

TEST(Program, LaysSlotsOutAsItsImplementationsAsk) {
  PlanBuilder builder(1, {1, 3, 4, 5});
  const SlotId a = builder.conv(builder.image(), {.outputs = 9}), b = builder.wide_table(a);
  const Plan plan = builder.finish({b});
  const cpu::Program plain(plan, cpu::choose(plan, cpu::implementations(), 1));
  EXPECT_EQ(plain.memory().layout, dense_layouts(plan));
  const CpuPath padded = path(std::string(cpu::implementations().front()->name()) + "_padded");
  const cpu::Program program(plan, cpu::choose(plan, padded.implementations, 1));
  const Layouts& layouts = program.memory().layout;
  EXPECT_EQ(layouts[0].channel_stride, 8);
  EXPECT_EQ(layouts[1].channel_stride, 16);
  EXPECT_EQ(layouts[2].channel_stride, 32);
  EXPECT_EQ(layouts[1].bytes(), 4 * 5 * 16);
  EXPECT_EQ(layouts[2].bytes(), 4 * 5 * 32 * 4);
  for (std::size_t i = 0; i < layouts.size(); ++i) EXPECT_EQ(layouts[i].shape, plan.slots[i].shape);
}

TEST(Program, HasStagesOfSeveralStepsWhoseInsideNeedsNoMemory) {
  PlanBuilder builder(1, {1, 3, 8, 8});
  SlotId last = builder.image();
  for (int i = 0; i < 4; ++i) last = builder.conv(last, {.outputs = i % 2 == 0 ? 64 : 4});
  const Plan plan = builder.finish({builder.table(last)});  // pixels, 64, 4, 64, 4, table
  const auto pairs = path("pairs").implementations;
  const cpu::Program program(plan, cpu::choose(plan, pairs, 6));
  ASSERT_EQ(program.parts().size(), 3U);
  EXPECT_FALSE(program.shows_every_slot());
  const cpu::Program single(plan, cpu::choose(plan, pairs, 1));
  EXPECT_TRUE(single.shows_every_slot());
  EXPECT_EQ(single.parts().size(), 6U);
  // Pixels of 3, 64 and 64 channels live inside stages; only 64, 4 and table are ever in memory.
  const auto reserved = [&](std::size_t slot) { return reserved_bytes(dense_layouts(plan)[slot]); };
  EXPECT_LE(program.memory().bytes, reserved(1) + reserved(3));
  EXPECT_LT(program.memory().bytes, single.memory().bytes + reserved(3));
}

TEST(CpuPath, IsChosenByName) {
  const Plan plan = random_plan(3);
  const auto names = cpu_paths();
  ASSERT_EQ(names.size(), cpu::implementations().size());
  EXPECT_EQ(names.back(), "reference");
  EXPECT_EQ(names[names.size() - 2], "portable");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto list = cpu::implementations_from(names[i]);
    EXPECT_EQ(list.size(), names.size() - i);
    EXPECT_EQ(list.front()->name(), names[i]);
    EXPECT_NE(make_session(plan, Device::cpu, {.path = names[i]}), nullptr);
  }
  EXPECT_EQ(cpu::implementations_from("").size(), names.size());
}

TEST(CpuPath, OfAnotherNameIsRefusedWithThoseOfThisMachine) {
  const Plan plan = random_plan(3);
  for (const char* name : {"neon", "AVX2", "avx2 "}) try {
      make_session(plan, Device::cpu, {.path = name});
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::device);
      const std::string what = error.what();
      EXPECT_NE(what.find(std::string("'") + name + "' is unknown"), std::string::npos) << what;
      for (const std::string& here : cpu_paths()) EXPECT_NE(what.find(here), std::string::npos) << what;
    }
  EXPECT_NO_THROW(make_session(plan, Device::reference, {.path = "neon"})) << "only the cpu reads it";
  for (const cpu::InstructionSet& set : cpu::instruction_sets()) {
    if (set.is_here()) continue;
    try {
      make_session(plan, Device::cpu, {.path = std::string(set.name)});
      ADD_FAILURE() << set.name;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("needs instructions that this machine does not have"),
                std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace zsq::runtime
