#include "runtime/compare.h"

#include <gtest/gtest.h>

#include "graph/check.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

constexpr Device kBoth[] = {Device::cpu, Device::reference};

TEST(Compare, FindsNoDifferenceAndCountsEverything) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan plan = random_plan(seed);
    std::int64_t values = 0;
    for (const Slot& slot : plan.slots) values += slot.shape.size();
    const auto pixels = probe_images(plan.image, 11, seed);
    const auto found = compare(plan, kBoth, pixels, {.session = {.threads = 2}, .batch = 4});
    ASSERT_EQ(found.size(), 2U);
    for (const Comparison& c : found) {
      EXPECT_EQ(c.mismatches, 0) << c.device << ": " << describe(plan, *c.first);
      EXPECT_FALSE(c.first.has_value());
      EXPECT_EQ(c.images, 11);
      EXPECT_EQ(c.tensors, std::ssize(plan.slots));
      EXPECT_EQ(c.values, 11 * values);
    }
    EXPECT_EQ(found[0].device, Device::cpu);
  }
}

/// A session that shows one wrong value of a slot, and hands out one wrong value, in its second run.
class WrongSession final : public Session {
 public:
  WrongSession(const Plan& plan, SlotId slot, std::size_t value)
      : session_(make_session(plan, Device::cpu)), slot_(slot), value_(value) {}

  void run(std::span<const std::uint8_t> pixels, std::span<const std::span<std::int32_t>> outputs,
           const Observer& observer) override {
    ++runs_;
    session_->run(pixels, outputs, [&](SlotId id, const TensorView& made) {
      const auto* narrow = std::get_if<std::span<const std::int8_t>>(&made);
      if (runs_ != 2 || id != slot_ || narrow == nullptr) return observer(id, made);
      std::vector<std::int8_t> shown(narrow->begin(), narrow->end());
      shown[value_] = static_cast<std::int8_t>(shown[value_] ^ 1);
      observer(id, std::span<const std::int8_t>(shown));
    });
    if (runs_ == 2) ++outputs.back().back();
  }

 private:
  std::unique_ptr<Session> session_;
  SlotId slot_;
  std::size_t value_;
  int runs_ = 0;
};

TEST(Compare, FindsAWrongValue) {
  PlanBuilder builder(1, {1, 3, 4, 5});
  const SlotId table = builder.table(builder.image());
  const Plan plan = builder.logits(table, 2);
  const auto pixels = probe_images(plan.image, 6, 1);
  WrongSession wrong(plan, table,
                     60 + (2 * 5 + 3) * 3 + 1);  // image 1 of its batch, row 2, column 3, channel 1
  const auto right = make_session(plan, Device::cpu);
  Session* const sessions[] = {&wrong, right.get()};
  const auto found = compare(plan, sessions, pixels, 3);
  EXPECT_EQ(found[0].mismatches, 2);
  ASSERT_TRUE(found[0].first.has_value());
  const Difference& d = *found[0].first;
  EXPECT_EQ(d, (Difference{.step = 1,
                           .slot = table,
                           .output = {},
                           .image = 4,
                           .channel = 1,
                           .row = 2,
                           .column = 3,
                           .got = d.got,
                           .wanted = d.got ^ 1}));
  EXPECT_EQ(found[1].mismatches, 0);
}

TEST(Compare, FindsAWrongOutput) {
  PlanBuilder builder(1, {1, 3, 4, 5});
  const SlotId table = builder.table(builder.image());
  const Plan plan = builder.finish({builder.wide_table(builder.image()), table});
  const auto pixels = probe_images(plan.image, 6, 1);
  WrongSession wrong(plan, SlotId{99}, 0);
  Session* const sessions[] = {&wrong};
  const auto found = compare(plan, sessions, pixels, 3);
  EXPECT_EQ(found[0].mismatches, 1);
  ASSERT_TRUE(found[0].first.has_value());
  const Difference& d = *found[0].first;
  EXPECT_EQ(d, (Difference{.step = 1,
                           .slot = table,
                           .output = 1,
                           .image = 5,
                           .channel = 2,
                           .row = 3,
                           .column = 4,
                           .got = d.wanted + 1,
                           .wanted = d.wanted}));
  EXPECT_NE(describe(plan, d).find("step 1 (table), output 1, image 5"), std::string::npos)
      << describe(plan, d);
}

TEST(Compare, SaysWhereADifferenceIs) {
  const Difference d{.step = 1,
                     .slot = SlotId{1},
                     .output = {},
                     .image = 2,
                     .channel = 3,
                     .row = 4,
                     .column = 5,
                     .got = -7,
                     .wanted = -8};
  PlanBuilder builder(1, {1, 1, 1, 1});
  const Plan plan = builder.logits(builder.table(builder.image()), 2);
  EXPECT_EQ(describe(plan, d),
            "step 1 (table), image 2, channel 3, row 4, column 5: got -7, the reference has -8");
}

TEST(Compare, RefusesWhatDoesNotFit) {
  const Plan plan = random_plan(1);
  const auto pixels = probe_images(plan.image, 1, 1);
  EXPECT_THROW(compare(plan, kBoth, {}), Error);
  EXPECT_THROW(compare(plan, kBoth, std::span(pixels).first(pixels.size() - 1)), Error);
  EXPECT_THROW(compare(plan, kBoth, pixels, {.session = {}, .batch = 0}), Error);
}

TEST(ProbeImages, BeginWithExtremesAndRepeat) {
  const Shape shape{1, 3, 4, 5};
  const auto pixels = probe_images(shape, 5, 9);
  ASSERT_EQ(pixels.size(), 5 * 60U);
  EXPECT_EQ(pixels[0], 0);
  EXPECT_EQ(pixels[60], 255);
  EXPECT_NE(pixels[120], pixels[121]);
  EXPECT_EQ(pixels, probe_images(shape, 5, 9));
  EXPECT_NE(pixels, probe_images(shape, 5, 10));
}

}  // namespace
}  // namespace zsq::runtime
