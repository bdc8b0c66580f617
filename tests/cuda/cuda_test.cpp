// The cuda backend against the reference: every tensor, by both code generators, on the interpreter.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "runtime/compare.h"
#include "runtime/cuda/session.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/runtime/outputs.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

using ptx::InterpretedGpu;
using ptx::Target;

/// Plans of either kind.
Manner manner_of(std::uint64_t seed) { return seed % 2 == 0 ? Manner::hurting : Manner::common; }

/// A code generator, and how convolutions are computed.
struct Way {
  Target target = Target::sm_80;
  std::string convolution;  // of Tuning
};

std::vector<Way> ways() {
  std::vector<Way> all;
  for (const Target target : {Target::sm_80, Target::sm_120}) {
    all.push_back({target, ""});
    for (const std::string& one : cuda::convolution_ways()) all.push_back({target, one});
  }
  return all;
}

class Cuda : public testing::TestWithParam<Way> {
 protected:
  /// Every tensor in batches of `together`, and the outputs once more with nobody looking.
  void expect_equal_to_reference(const Plan& plan, std::uint64_t seed, std::int64_t images,
                                 std::int64_t together) {
    validate(plan);
    const auto session = cuda::make_session_on(gpu_, plan, {.convolution = GetParam().convolution});
    const auto pixels = random_pixels(plan, images, seed);
    Session* const sessions[]{session.get()};
    const auto found = compare(plan, sessions, pixels, together);
    ASSERT_EQ(found[0].mismatches, 0) << describe(plan, *found[0].first);
    Outputs wanted(plan, images), got(plan, images);
    make_session(plan, Device::reference)->run(pixels, wanted.spans());
    session->run(pixels, got.spans());
    ASSERT_EQ(got, wanted);
  }

  std::shared_ptr<InterpretedGpu> gpu_ =
      std::make_shared<InterpretedGpu>(ptx::modules_for(GetParam().target));
};

TEST_P(Cuda, EqualsTheReferenceOnRandomPlans) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    const std::int64_t images = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 3 : 17;
    ASSERT_NO_FATAL_FAILURE(
        expect_equal_to_reference(random_plan(9000 + seed, manner_of(seed)), seed, images, 17));
  }
  // Those that the tests below run more of.
  const auto is_of_others = [](const std::string& kernel) {
    return std::ranges::any_of(std::array{"gemm", "depthwise", "stem", "pixels", "top"},
                               [&](const char* part) { return kernel.find(part) != std::string::npos; });
  };
  for (const std::string& kernel : gpu_->kernels())
    if (!is_of_others(kernel)) {
      EXPECT_TRUE(gpu_->by_kernel().contains(kernel)) << kernel << " was never run";
    }
}

/// Extents around every tile's: channels, outputs, places, and every number of k tiles up to two rounds of
/// the ring of stages.
TEST_P(Cuda, ConvolutionsEqualTheReferenceOnSizesThatFillNoTile) {
  std::uint64_t seed = 0;
  const std::vector<Window> windows{
      Window{}, Window{{1, 1}, {2, 2}, {}, {}}, Window{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}},
      Window{{3, 3}, {2, 2}, {1, 1}, {0, 1, 1, 0}}, Window{{2, 3}, {1, 2}, {2, 1}, {1, 0, 2, 1}}};
  for (const std::int64_t channels : {5, 16, 33, 48, 64, 130, 257})
    for (const std::int64_t outputs : {1, 9, 17, 32, 47, 70, 130}) {
      ++seed;
      const Window& window = windows[seed % windows.size()];
      PlanBuilder builder(
          seed,
          {1, channels, static_cast<std::int64_t>(3 + seed % 5), static_cast<std::int64_t>(4 + seed % 7)},
          manner_of(seed / 3));
      const SlotId first = builder.conv(builder.image(), {.outputs = outputs, .window = window});
      const SlotId second = builder.conv(first, {.outputs = outputs, .residual = builder.table(first)});
      const SlotId third = builder.wide_conv(
          second, {.outputs = outputs / 2 + 1,
                   .window = seed % 2 == 0 ? Window{} : Window{{2, 2}, {}, {}, {1, 0, 0, 1}}});
      SCOPED_TRACE(testing::Message() << channels << " to " << outputs);
      const std::int64_t images = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 3 : 17;
      ASSERT_NO_FATAL_FAILURE(
          expect_equal_to_reference(builder.finish({second, third}), seed, images, images));
    }
}

Window square(int kernel, int stride, int before, int after) {
  return {{kernel, kernel}, {stride, stride}, {}, {before, before, after, after}};
}

TEST_P(Cuda, DepthwiseConvolutionsEqualTheReference) {
  std::uint64_t seed = 0;
  for (const int kernel : {3, 5, 7})
    for (const int stride : {1, 2})
      for (const std::int64_t channels : {1, 3, 16, 18, 37}) {
        ++seed;
        PlanBuilder builder(
            seed,
            {1, channels, static_cast<std::int64_t>(7 + seed % 4), static_cast<std::int64_t>(7 + seed % 7)},
            manner_of(seed));
        const SlotId out = builder.conv(
            builder.image(), {.outputs = channels,
                              .groups = static_cast<int>(channels),
                              .window = square(kernel, stride, static_cast<int>(seed % 4), kernel / 2)});
        SCOPED_TRACE(testing::Message() << kernel << ", " << stride << ", " << channels << " channels");
        const std::int64_t images = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 3 : 17;
        ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(builder.finish({out}), seed, images, images));
      }
}

/// Groups that are products by themselves, some of them together, or all; with every end.
TEST_P(Cuda, GroupedConvolutionsEqualTheReference) {
  std::uint64_t seed = 0;
  struct Groups {
    int count;
    std::int64_t inputs, outputs;  // of each
  };
  for (const Groups& g :
       {Groups{2, 16, 16}, Groups{4, 8, 8}, Groups{32, 4, 4}, Groups{3, 2, 3}, Groups{3, 16, 40},
        Groups{2, 48, 136}, Groups{5, 16, 8}, Groups{8, 1, 2}, Groups{24, 1, 1}})
    for (const Window& window : {Window{}, square(3, 1, 1, 1), Window{{2, 3}, {2, 1}, {1, 2}, {1, 0, 1, 2}},
                                 Window{{1, 1}, {2, 2}, {}, {}}}) {
      ++seed;
      PlanBuilder builder(seed, {1, g.count * g.inputs, static_cast<std::int64_t>(5 + seed % 3), 6},
                          manner_of(seed));
      const ConvSpec spec{.outputs = g.count * g.outputs, .groups = g.count, .window = window};
      const SlotId first = builder.conv(builder.image(), spec);
      ConvSpec beside = spec;
      beside.residual = first;
      const SlotId second = builder.conv(builder.image(), beside);
      SCOPED_TRACE(testing::Message() << g.count << " groups of " << g.inputs << " to " << g.outputs);
      ASSERT_NO_FATAL_FAILURE(
          expect_equal_to_reference(builder.finish({second, builder.wide_conv(builder.image(), spec)}), seed,
                                    seed % 3 == 0 ? 17 : 3, 17));
    }
  if (GetParam().convolution == "direct") return;
  EXPECT_FALSE(gpu_->by_kernel().contains("zsq_convolution"));
}

TEST_P(Cuda, StemsEqualTheReference) {
  std::uint64_t seed = 0;
  const std::vector<Window> windows{square(7, 2, 3, 3), square(3, 2, 1, 1),
                                    square(3, 1, 1, 1), square(4, 4, 0, 0),
                                    Window{},           Window{{3, 2}, {1, 3}, {2, 3}, {4, 1, 0, 5}},
                                    square(2, 1, 0, 1)};
  for (const Window& window : windows)
    for (const std::int64_t outputs : {1, 16, 33, 64, 100}) {
      ++seed;
      PlanBuilder builder(
          seed,
          {1, static_cast<std::int64_t>(1 + seed % 4), static_cast<std::int64_t>(7 + seed * 5 % 23),
           static_cast<std::int64_t>(7 + seed * 7 % 29)},
          manner_of(seed));
      const SlotId out = builder.conv(builder.image(), {.outputs = outputs, .window = window});
      const SlotId pooled = builder.max_pool(out, square(1, 1, 0, 0));
      SCOPED_TRACE(testing::Message() << window.kernel.h << "x" << window.kernel.w << " to " << outputs);
      ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(builder.finish({pooled}), seed,
                                                        1 + static_cast<std::int64_t>(seed % 3), 3));
    }
}

/// Rows and columns of the pool around those of a block and of a warp, and every way in which a window leaves
/// the convolution's output.
TEST_P(Cuda, StemsWithAMaxPoolEqualTheReference) {
  if (!GetParam().convolution.empty()) return;  // nothing is fused that way
  std::uint64_t seed = 0;
  for (const Window& window :
       {square(7, 2, 3, 3), square(3, 2, 1, 1), square(3, 1, 1, 1), square(1, 1, 0, 0)})
    for (const int before : {0, 1})
      for (const int after : {0, 1})
        for (const std::int64_t outputs : {1, 33, 64, 100}) {
          ++seed;
          const int stride = window.stride.h;
          PlanBuilder builder(seed,
                              {1, static_cast<std::int64_t>(1 + seed % 4),
                               stride * (seed % 5 == 0 ? 113 : static_cast<std::int64_t>(11 + seed * 5 % 23)),
                               stride * static_cast<std::int64_t>(9 + seed * 7 % 29)},
                              manner_of(seed / 2));
          const SlotId out = builder.conv(builder.image(), {.outputs = outputs, .window = window});
          const Window pool{{3, 3}, {2, 2}, {}, {before, 1 - before, after, 1}};
          const SlotId pooled = builder.max_pool(out, pool);
          SCOPED_TRACE(testing::Message() << window.kernel.h << "x" << window.kernel.w << " to " << outputs
                                          << ", padding " << before << " and " << after);
          ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(builder.finish({pooled}), seed,
                                                            1 + static_cast<std::int64_t>(seed % 2), 3));
        }
  EXPECT_GT(gpu_->by_kernel().at("zsq_pixel_stem_pool").blocks, 200U);
}

INSTANTIATE_TEST_SUITE_P(Ways, Cuda, testing::ValuesIn(ways()), [](const auto& way) {
  const std::string target = way.param.target == Target::sm_80 ? "sm_80" : "sm_120";
  return target + (way.param.convolution.empty() ? "" : "_" + way.param.convolution);
});

}  // namespace
}  // namespace zsq::runtime
