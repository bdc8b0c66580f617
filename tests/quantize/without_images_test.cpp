#include "quantize/without_images.h"

#include <cmath>

#include <gtest/gtest.h>

#include "graph/architectures/architecture.h"
#include "graph/torch/executor.h"
#include "graph/torch/load_model.h"
#include "quantize/prepare.h"
#include "quantize/stored_ranges.h"
#include "tests/quantize/integer_run.h"
#include "tests/shared_data.h"

namespace zsq::quantize {
namespace {

const Preprocessing kPixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.25, 0.25, 0.25}};

/// A convolution, a batch norm of two channels, and what the clamp leaves of them.
TEST(StoredRanges, AreFourDeviationsOfTheBatchNormAndWhatTheClampLeaves) {
  Graph g;
  NodeId x = g.add("input", Input{{1, 3, 4, 4}});
  x = g.add("conv", Conv2d{{{2, 3, 1, 1}, std::vector<float>(6, 0.5F)}, {}, {}}, {x});
  x = g.add("bn", BatchNorm2d{{0.5F, -1}, {1, 0.25F}, {0, 0}, {1, 1}}, {x});
  x = g.add("relu6", Clamp{0, 3}, {x});
  g.add("add", Add{}, {x, x});
  const auto ranges = stored_ranges(g, prepared(g), kPixels);
  ASSERT_EQ(ranges.size(), 4U);  // the batch norm is folded
  EXPECT_EQ(ranges[0], (Range{-2, 2}));
  EXPECT_EQ(ranges[1], (Range{-3.75, 4.25}));
  EXPECT_EQ(ranges[2], (Range{0, 3}));
  EXPECT_EQ(ranges[3], (Range{0, 6}));
}

/// How well the plan follows the float network on pixels of noise, in dB.
double sqnr(const Graph& graph) {
  const Shape& in = graph.input_shape();
  const auto count = 2 * in.h * in.w * in.c;
  const auto pixels =
      torch::arange(count).mul(37).remainder(251).to(torch::kUInt8).reshape({2, in.h, in.w, in.c});
  const auto images = pixels.permute({0, 3, 1, 2}).to(torch::kFloat32).div(255).sub(0.5).div(0.25);
  const auto wanted = TorchExecutor(graph).run(images).to(torch::kFloat64).flatten();
  const auto got = tests::run_integers(plan_without_images(graph, kPixels, {}), pixels).front().flatten();
  const double error = (got - wanted).square().sum().item<double>();
  return 10 * std::log10(wanted.square().sum().item<double>() / error);
}

TEST(WithoutImages, ThePlanFollowsARandomNetwork) {
  EXPECT_GT(sqnr(random_architecture("mobilenet_v2", 5, Shape{1, 3, 64, 64}).graph), 8);
}

/// Whose batch norms remember what they were trained on.
TEST(WithoutImages, ThePlanFollowsATrainedNetwork) {
  ZSQ_NEED_SHARED_DATA();
  EXPECT_GT(sqnr(load_model(shared_data() / "nets" / "resnet20_cifar10.pt").graph), 15);
}

}  // namespace
}  // namespace zsq::quantize
