// What a cuda session does beside computing: memory, recordings, data that stays on the GPU.
#include "runtime/cuda/session.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "tests/cuda/shapes.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/runtime/outputs.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

using ptx::InterpretedGpu;

Plan small_plan() {
  PlanBuilder builder(3, {1, 3, 12, 9});
  const SlotId first =
      builder.conv(builder.image(), {.outputs = 20, .window = {{3, 3}, {}, {}, {1, 1, 1, 1}}});
  const SlotId second = builder.conv(first, {.outputs = 20, .residual = builder.table(first)});
  return builder.finish({second, builder.wide_table(builder.global_pool(second))});
}

TEST(CudaSession, AllocatesNothingWhileItRuns) {
  const auto gpu = std::make_shared<InterpretedGpu>(ptx::modules_for(ptx::Target::sm_80));
  const Plan plan = small_plan();
  const auto session = cuda::make_session_on(gpu, plan);
  Outputs outputs(plan, 5), fewer(plan, 2);
  session->run(random_pixels(plan, 5, 1), outputs.spans());
  const std::int64_t before = gpu->allocations();
  session->run(random_pixels(plan, 5, 2), outputs.spans());
  session->run(random_pixels(plan, 2, 3), fewer.spans());
  EXPECT_EQ(gpu->allocations(), before);
}

TEST(CudaSession, SaysHowMuchMemoryIsNeededAndHowMuchIsFree) {
  const Plan plan = small_plan();
  constexpr std::int64_t kMemory = 100'000;
  const auto gpu = std::make_shared<InterpretedGpu>(ptx::modules_for(ptx::Target::sm_80),
                                                    InterpretedGpu::Options{.bytes = kMemory});
  const auto session = cuda::make_session_on(gpu, plan);
  Outputs one(plan, 1), many(plan, 100);
  try {
    session->run(random_pixels(plan, 100, 1), many.spans());
    FAIL() << "100 images have room in " << kMemory << " bytes";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::device);
    const std::string text = error.what();
    EXPECT_NE(text.find("the activations of 100 images need "), std::string::npos) << text;
    EXPECT_NE(text.find(" are free; try a smaller batch"), std::string::npos) << text;
  }
  session->run(random_pixels(plan, 1, 1), one.spans());
}

TEST(CudaSession, RunsWhatLiesOnTheGpu) {
  const auto gpu = std::make_shared<InterpretedGpu>(ptx::modules_for(ptx::Target::sm_80));
  const Plan plan = small_plan();
  const auto session = cuda::make_session_on(gpu, plan);
  const auto pixels = random_pixels(plan, 3, 4);
  Outputs wanted(plan, 3), got(plan, 3);
  make_session(plan, Device::reference)->run(pixels, wanted.spans());
  const auto buffers = session->buffers(3);
  gpu->upload(buffers.pixels, std::as_bytes(std::span(pixels)));
  session->run_resident(3);
  for (std::size_t i = 0; i < plan.outputs.size(); ++i)
    gpu->download(std::as_writable_bytes(got.spans()[i]), buffers.outputs[i]);
  EXPECT_EQ(got, wanted);
}

/// Of values with many equal ones, in more rows than a block has and in the last of them.
TEST(CudaSession, FindsTheLargestValues) {
  for (const ptx::Target target : {ptx::Target::sm_80, ptx::Target::sm_120})
    for (const std::int64_t channels : {1, 3, 31, 33, 70}) {
      PlanBuilder builder(static_cast<std::uint64_t>(channels), {1, channels, 3, 2});
      const Plan plan = builder.finish({builder.table(builder.image())});
      const auto gpu = std::make_shared<InterpretedGpu>(ptx::modules_for(target));
      const auto session = cuda::make_session_on(gpu, plan);
      constexpr std::int64_t kImages = 3;
      Outputs outputs(plan, kImages);
      session->run(random_pixels(plan, kImages, 1), outputs.spans());
      const auto buffers = session->buffers(kImages);
      std::vector<std::int32_t> values(static_cast<std::size_t>(kImages * plan.image.size()));
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = std::array{INT32_MIN, -7, 0, 7, INT32_MAX}[i * 7919 % 23 % 5];
      gpu->upload(buffers.outputs[0], std::as_bytes(std::span(values)));
      for (const std::int64_t k : {std::int64_t{1}, std::min<std::int64_t>(5, channels), channels}) {
        std::vector<std::int32_t> wanted;
        for (std::size_t row = 0; row < values.size(); row += static_cast<std::size_t>(channels)) {
          std::vector<std::int32_t> order(static_cast<std::size_t>(channels));
          std::iota(order.begin(), order.end(), 0);
          std::ranges::stable_sort(order, std::greater{},
                                   [&](std::int32_t c) { return values[row + static_cast<std::size_t>(c)]; });
          wanted.insert(wanted.end(), order.begin(), order.begin() + k);
        }
        EXPECT_EQ(session->top(kImages, k), wanted) << k << " of " << channels;
      }
      EXPECT_THROW(session->top(kImages, 0), Error);
      EXPECT_THROW(session->top(kImages, channels + 1), Error);
    }
}

TEST(CudaSession, IsRefusedByNameWhereThereIsNoGpu) {
  const DeviceState state = state_of(Device::cuda);
  EXPECT_FALSE(state.text.empty());
  if (state.is_available) GTEST_SKIP() << "skipped: there is " << state.text;
  try {
    make_session(small_plan(), Device::cuda);
    FAIL() << "there is a session without a GPU";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::device);
    EXPECT_NE(std::string(error.what()).find(state.text), std::string::npos) << error.what();
  }
}

/// One output and one input, padded to 128 and 64, thousands of times.
TEST(CudaSession, PacksNotManyTimesTheSizeOfAPlan) {
  PlanBuilder builder(4, {1, 5, 1, 1});
  SlotId last = builder.conv(builder.image(), {.outputs = 1});
  constexpr int kConvolutions = 4000;
  for (int i = 0; i < kConvolutions; ++i) last = builder.conv(last, {.outputs = 1});
  const Plan plan = builder.finish({last});
  const auto gpu = std::make_shared<InterpretedGpu>(ptx::modules_for(ptx::Target::sm_80),
                                                    InterpretedGpu::Options{.bytes = 24'000'000});
  const auto session = cuda::make_session_on(gpu, plan);
  const auto pixels = random_pixels(plan, 1, 1);
  Outputs wanted(plan, 1), got(plan, 1);
  make_session(plan, Device::reference)->run(pixels, wanted.spans());
  session->run(pixels, got.spans());
  EXPECT_EQ(got, wanted);
}

TEST(CudaSession, NeedsFewLaunches) {
  const auto gpu = std::make_shared<InterpretedGpu>(ptx::modules_for(ptx::Target::sm_80));
  const auto launches = [&](const char* network) {
    return cuda::make_session_on(gpu, plan_shaped_like(network, 64))->launches(1).size();
  };
  EXPECT_LE(launches("resnet50"), 55U);
  EXPECT_LE(launches("mobilenet_v2"), 54U);
}

TEST(Divisor, DividesAsDivisionDoes) {
  for (const std::int64_t d : {1, 2, 3, 5, 7, 9, 31, 32, 33, 112, 255, 1000, 65'537, 1 << 30, INT32_MAX})
    for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, d - 1, d, 2 * d - 1, 2 * d, 1000 * d - 1,
                                 1000 * d, std::int64_t{INT32_MAX}})
      if (n <= INT32_MAX) {
        EXPECT_EQ(cuda::quotient(static_cast<std::uint32_t>(n), cuda::divisor(d)), n / d) << n << " / " << d;
      }
}

}  // namespace
}  // namespace zsq::runtime
