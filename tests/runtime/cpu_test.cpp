// The cpu backend against the reference: every tensor, by every implementation of this machine.
#include <algorithm>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "runtime/cpu/session.h"
#include "runtime/memory.h"
#include "runtime/session.h"
#include "tests/runtime/outputs.h"
#include "tests/runtime/random_plan.h"
#include "tests/runtime/test_implementations.h"

namespace zsq::runtime {
namespace {

struct Result {
  std::vector<std::vector<std::int32_t>> slots;
  Outputs outputs;
};

Result observed(const Plan& plan, Session& session, const std::vector<std::uint8_t>& pixels,
                std::int64_t images) {
  Result run{std::vector<std::vector<std::int32_t>>(plan.slots.size()), Outputs(plan, images)};
  session.run(pixels, run.outputs.spans(), [&](SlotId id, const TensorView& values) {
    std::visit([&](const auto& v) { run.slots[index(id)].assign(v.begin(), v.end()); }, values);
  });
  return run;
}

void expect_equal(const Result& got, const Result& wanted) {
  for (std::size_t i = 0; i < wanted.slots.size(); ++i)
    ASSERT_EQ(got.slots[i], wanted.slots[i]) << "slot " << i;
  ASSERT_EQ(got.outputs, wanted.outputs);
}

class Cpu : public testing::TestWithParam<CpuPath> {
 protected:
  /// Compares tensors at one batch size, and logits at others and without an observer.
  void expect_equal_to_reference(const Plan& plan, std::uint64_t seed, int threads,
                                 const std::vector<std::int64_t>& batches = {1, 7, 32}) {
    const std::int64_t most = std::ranges::max(batches);
    validate(plan);
    const auto pixels = random_pixels(plan, most, seed);
    const auto session = cpu::make_session_with(plan, threads, GetParam().implementations);
    const auto reference = make_session(plan, Device::reference);
    for (const std::int64_t images : batches) {
      const std::vector<std::uint8_t> some(pixels.begin(), pixels.begin() + images * plan.image.size());
      const Result wanted = observed(plan, *reference, some, images);
      ASSERT_NO_FATAL_FAILURE(expect_equal(observed(plan, *session, some, images), wanted))
          << images << " images";
      Outputs unobserved(plan, images);
      session->run(some, unobserved.spans());
      ASSERT_EQ(unobserved, wanted.outputs) << images << " images, nobody looking";
    }
  }
};

TEST_P(Cpu, EqualsTheReferenceOnRandomPlans) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    const int threads = 1 + static_cast<int>(seed % 3);
    ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(random_plan(5000 + seed), seed, threads));
  }
}

Window whole(const Shape& image) { return window_of(static_cast<int>(image.h), static_cast<int>(image.w)); }

TEST_P(Cpu, EqualsTheReferenceOnSizesThatFillNoTile) {
  std::uint64_t seed = 0;
  for (const std::int64_t channels : {1, 3, 15, 16, 17, 33, 50})
    for (const std::int64_t outputs : {1, 15, 16, 31, 48})
      for (const Window& window :
           {Window{}, Window{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}},
            Window{{3, 3}, {2, 2}, {1, 1}, {0, 0, 1, 1}}, Window{{5, 1}, {1, 2}, {2, 1}, {4, 0, 4, 0}}}) {
        PlanBuilder builder(++seed, {1, channels, 5, 7});
        const SlotId wide = builder.conv(builder.image(), {.outputs = outputs, .window = window});
        const SlotId twin = builder.table(wide);
        const SlotId deep =
            builder.conv(wide, {.outputs = outputs, .groups = static_cast<int>(outputs), .residual = twin});
        SCOPED_TRACE(testing::Message() << channels << " to " << outputs);
        const SlotId dense =
            builder.wide_conv(deep, {.outputs = 17, .window = {{2, 2}, {}, {}, {1, 0, 0, 1}}});
        const SlotId logits =
            builder.wide_conv(deep, {.outputs = 11, .window = whole(builder.plan()[deep].shape)});
        ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(builder.finish({dense, logits}), seed, 2));
      }
}

/// Images of more rows than are computed at once, seen with and without padding, and one after the other.
TEST_P(Cpu, EqualsTheReferenceOnImagesOfManyRows) {
  std::uint64_t seed = 700;
  for (const std::int64_t channels : {3, 18})
    for (const int size : {3, 5, 7})
      for (const int stride : {1, 2}) {
        PlanBuilder builder(++seed, {1, channels, 67, 31});
        SCOPED_TRACE(testing::Message() << channels << " channels, kernel " << size << ", stride " << stride);
        const int around = size / 2;
        const Window window{{size, size}, {stride, stride}, {1, 1}, {around, around, around, around}};
        const SlotId filtered = builder.conv(
            builder.image(), {.outputs = channels, .groups = static_cast<int>(channels), .window = window});
        const SlotId twin = builder.table(filtered);
        const SlotId dense =
            builder.conv(builder.image(), {.outputs = channels, .window = window, .residual = twin});
        const SlotId bare = builder.conv(
            dense, {.outputs = 24, .groups = 1, .window = {{3, 2}, {stride, 1}, {1, stride}, {}}});
        const SlotId same = builder.conv(
            bare, {.outputs = 24, .groups = 24, .window = {{1, 3}, {1, 1}, {1, 1}, {0, 1, 0, 1}}});
        const Plan plan = builder.finish({builder.conv(same, {.outputs = 70})});
        ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(plan, seed, 2, {1, 2}));
      }
}

/// Weights so small that sums of 16 bits hold several products, seen through windows of every kind.
TEST_P(Cpu, EqualsTheReferenceWhereSumsAreNarrow) {
  std::uint64_t seed = 900;
  for (const int bits : {3, 5, 6, 7})
    for (const std::int64_t channels : {13, 32}) {
      PlanBuilder builder(++seed, {1, channels, 11, 9});
      SCOPED_TRACE(testing::Message() << bits << " bits, " << channels << " channels");
      const Window around{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}};
      const SlotId first = builder.conv(builder.image(), {.outputs = 150, .window = around, .bits = bits});
      const SlotId twin = builder.table(first);
      const SlotId point = builder.conv(first, {.outputs = 150, .bits = bits, .residual = twin});
      const SlotId bare =
          builder.conv(point, {.outputs = 20, .window = {{3, 2}, {2, 1}, {1, 2}, {}}, .bits = bits});
      const SlotId wide = builder.wide_conv(point, {.outputs = 9, .window = around, .bits = bits});
      const Plan plan = builder.finish({wide, builder.wide_conv(bare, {.outputs = 5, .bits = bits})});
      ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(plan, seed, 2, {1, 3, 17}));
    }
}

/// Weights that lie two to a byte: in runs of every length, few places and many, beside residuals and wide.
TEST_P(Cpu, EqualsTheReferenceWhereWeightsAreNibbles) {
  std::uint64_t seed = 1300;
  for (const int bits : {2, 3, 4})
    for (const std::int64_t channels : {3, 24, 67})
      for (const Manner manner : {Manner::hurting, Manner::common}) {
        PlanBuilder builder(++seed, {1, channels, 11, 9}, manner);
        SCOPED_TRACE(testing::Message() << bits << " bits, " << channels << " channels, seed " << seed);
        const Window around{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}};
        const SlotId first = builder.conv(builder.image(), {.outputs = 90, .window = around, .bits = bits});
        const SlotId twin = builder.table(first);
        const SlotId flat =
            builder.conv(first, {.outputs = 90, .groups = 90, .window = around, .bits = bits});
        const SlotId deep = builder.conv(
            flat, {.outputs = 90, .groups = 90, .window = {{7, 7}, {}, {}, {3, 3, 3, 3}}, .bits = bits});
        const SlotId point = builder.conv(deep, {.outputs = 90, .bits = bits, .residual = twin});
        const SlotId bare =
            builder.conv(point, {.outputs = 20, .window = {{3, 2}, {2, 1}, {1, 2}, {}}, .bits = bits});
        const SlotId wide = builder.wide_conv(point, {.outputs = 9, .window = around, .bits = bits});
        const SlotId logits = builder.wide_conv(
            bare, {.outputs = 70, .window = whole(builder.plan()[bare].shape), .bits = bits});
        ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(builder.finish({wide, logits}), seed, 2, {1, 3}));
      }
}

INSTANTIATE_TEST_SUITE_P(Implementations, Cpu, testing::ValuesIn(cpu_paths_to_test()), [](const auto& path) {
  std::string name = path.param.name;
  std::ranges::replace(name, '-', '_');  // a test's name has none
  return name;
});

TEST(Session, RefusesSizesThatDoNotFit) {
  PlanBuilder builder(3, {1, 2, 5, 5});
  const SlotId narrow = builder.conv(builder.image(), {.outputs = 3});
  const Plan plan = builder.finish({narrow, builder.wide_table(builder.global_pool(narrow))});
  for (const Device device : available_devices()) {
    const auto session = make_session(plan, device);
    const auto pixels = random_pixels(plan, 2, 1);
    Outputs outputs(plan, 2), one(plan, 1);
    const auto both = outputs.spans();
    session->run(pixels, both);
    const std::span<const std::uint8_t> no_pixels;
    EXPECT_THROW(session->run(no_pixels, both), Error);
    EXPECT_THROW(session->run(std::span(pixels).first(1), both), Error);
    EXPECT_THROW(session->run(std::span(pixels).first(pixels.size() / 2), both), Error);
    EXPECT_THROW(session->run(pixels, one.spans()), Error);
    EXPECT_THROW(session->run(pixels, std::span(both).first(1)), Error);
    EXPECT_THROW(session->run(pixels, both[0]), Error) << "a plan of two outputs";
    const std::vector<std::span<std::int32_t>> short_last{both[0], both[1].first(both[1].size() - 1)};
    EXPECT_THROW(session->run(pixels, short_last), Error);
  }
  EXPECT_THROW(make_session(plan, Device::cpu, {.threads = 0}), Error);
  EXPECT_THROW(make_session(Plan{}, Device::cpu), Error);
  if (!is_available(Device::cuda)) {
    EXPECT_THROW(make_session(plan, Device::cuda), Error);
  }
}

TEST(Session, HasNoMemoryForTheImpossible) {
  PlanBuilder builder(1, {1, 1, 1, 1});
  const SlotId vast = builder.pad(builder.image(), {{0, 7}, {0, 16'000}, {0, 16'000}});
  const Plan plan = builder.finish({builder.slice(vast, {{0, 1, 1}, {0, 1, 1}, {0, 1, 1}})});
  for (const Device device : available_devices()) {
    const auto session = make_session(plan, device);
    const std::vector<std::uint8_t> pixels(100'000);
    std::vector<std::int32_t> values(pixels.size());
    EXPECT_THROW(session->run(pixels, values, [](SlotId, const TensorView&) {}), Error);
  }
}

TEST(Session, KnowsTheDevicesOfThisMachine) {
  const auto devices = available_devices();
  ASSERT_GE(devices.size(), 2U);
  EXPECT_EQ(devices.back(), Device::reference);
  for (const Device device : devices) EXPECT_TRUE(is_available(device)) << device;
  EXPECT_EQ(std::ranges::count(devices, Device::cuda), is_available(Device::cuda) ? 1 : 0);
}

}  // namespace
}  // namespace zsq::runtime
