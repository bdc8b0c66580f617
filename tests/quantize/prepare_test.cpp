#include "quantize/prepare.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/torch/executor.h"
#include "networks.h"
#include "quantize/pool_first.h"

namespace zsq::quantize {
namespace {

/// A transposed convolution of 4 to 6 channels with its batch norm and relu.
Graph transposed(ConvTranspose2d op, Size2 kernel) {
  tests::NetworkBuilder b(11, {1, 4, 5, 7});
  op.weight = {{4, 6 / op.groups, kernel.h, kernel.w}, {}};
  for (std::int64_t i = 0; i < op.weight.shape.size(); ++i)
    op.weight.values.push_back(static_cast<float>(i * 37 % 23 - 11) / 8);
  b.add("up", std::move(op), {b.last});
  b.norm();
  b.relu();
  return b.graph;
}

TEST(Prepared, TransposedConvolutionsAreTheSameFunction) {
  torch::manual_seed(2);
  const auto images = torch::randn({2, 4, 5, 7});
  using Op = ConvTranspose2d;
  const std::vector<std::pair<Op, Size2>> all{
      {Op{}, {3, 2}},
      {Op{.stride = {2, 3}}, {3, 2}},
      {Op{.stride = {2, 2}, .crop = {1, 1, 1, 1}}, {4, 4}},
      {Op{.stride = {2, 3}, .crop = {1, 0, 1, 0}, .output_padding = {1, 2}}, {3, 3}},
      {Op{.stride = {2, 2}, .dilation = {2, 3}, .crop = {1, 2, 0, 3}, .groups = 2}, {3, 3}},
      {Op{.stride = {3, 3}, .crop = {4, 5, 6, 2}}, {2, 3}},
      {Op{.crop = {2, 2, 2, 2}}, {3, 3}}};
  for (const auto& [op, kernel] : all) {
    const Graph graph = transposed(op, kernel), rewritten = prepared(graph);
    SCOPED_TRACE(graph.nodes()[1].shape.h);
    for (const Node& node : rewritten.nodes()) EXPECT_FALSE(std::holds_alternative<ConvTranspose2d>(node.op));
    EXPECT_TRUE(std::holds_alternative<Clamp>(rewritten.nodes()[2].op))
        << "the relu comes before the shuffle";
    const auto wanted = TorchExecutor(graph).run(images), got = TorchExecutor(rewritten).run(images);
    ASSERT_EQ(got.sizes(), wanted.sizes());
    EXPECT_TRUE(torch::allclose(got, wanted, 1e-4, 1e-4));
  }
}

TEST(Prepared, AMeanComesBeforeThe1x1ConvolutionThatItAloneReads) {
  tests::NetworkBuilder b(12);
  const NodeId conv = b.conv(5, 1);
  b.add("mean", GlobalAvgPool{}, {conv});
  const Graph first = pools_first(b.graph);
  ASSERT_EQ(first.nodes().size(), 3U);
  EXPECT_TRUE(std::holds_alternative<GlobalAvgPool>(first.nodes()[1].op));
  const auto images = torch::randn({2, 3, 12, 12});
  EXPECT_TRUE(
      torch::allclose(TorchExecutor(first).run(images), TorchExecutor(b.graph).run(images), 1e-4, 1e-5));
  b.add("relu", Clamp{}, {conv});
  b.graph.mark_output(b.last);
  b.graph.mark_output(NodeId{2});
  EXPECT_TRUE(std::holds_alternative<Conv2d>(pools_first(b.graph).nodes()[1].op)) << "a relu reads it too";
}

}  // namespace
}  // namespace zsq::quantize
