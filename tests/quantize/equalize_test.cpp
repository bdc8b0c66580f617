#include "quantize/equalize.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "networks.h"
#include "quantize/fold.h"

namespace zsq::quantize {
namespace {

/// conv -> ReLU6 -> depthwise -> ReLU6 -> conv, its channels far apart.
Graph uneven_network() {
  tests::NetworkBuilder b(4);
  b.conv(6, 3, 1, 1, {1, 1, 1, 1});
  b.norm();
  b.add("relu6", Clamp{0, 6}, {b.last});
  b.depthwise(3, 1, {1, 1, 1, 1});
  b.norm();
  b.add("relu6", Clamp{0, 6}, {b.last});
  b.conv(4, 1);
  Graph folded = fold_batch_norms(b.graph);
  Graph uneven;
  for (const Node& node : folded.nodes()) {
    Op op = node.op;
    if (uneven.nodes().size() == 1) {  // the first convolution
      auto& conv = std::get<Conv2d>(op);
      const std::size_t per_output = conv.weight.values.size() / 6;
      for (std::size_t o = 0; o < 6; ++o) {
        const float factor = std::exp2(-static_cast<float>(o));
        conv.bias[o] *= factor;
        for (std::size_t i = 0; i < per_output; ++i) conv.weight.values[o * per_output + i] *= factor;
      }
    }
    uneven.add(node.name, std::move(op), node.inputs);
  }
  return uneven;
}

torch::Tensor images() {
  torch::manual_seed(7);
  return torch::rand({16, 3, 12, 12}) * 2 - 1;
}

std::size_t first_relu(const Graph& graph) { return index(graph[NodeId{2}].inputs[0]) + 1; }

TEST(ObserveChannels, MinMaxIsTheLargestValueOfEachChannel) {
  const Graph graph = uneven_network();
  const auto ranges = observe_channels(TorchExecutor(graph), units(graph), images(), RangeMethod::min_max, 8);
  torch::Tensor relu;
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) {
    if (index(id) == first_relu(graph)) relu = value;
    return value;
  };
  const at::NoGradGuard no_gradients;
  TorchExecutor(graph).run(images(), tap);
  const auto& got = ranges[first_relu(graph)];
  ASSERT_EQ(got.size(), 6U);
  for (std::size_t c = 0; c < 6; ++c)
    EXPECT_EQ(got[c], relu.select(1, static_cast<std::int64_t>(c)).max().item<double>());
  EXPECT_TRUE(ranges[0].empty());
}

TEST(ObserveChannels, MseEndsWithinTheRangeAndCutsMoreOffAtFewerBits) {
  const Graph graph = uneven_network();
  const auto at = [&](RangeMethod method, int bits) {
    return observe_channels(TorchExecutor(graph), units(graph), images(), method, bits)[first_relu(graph)];
  };
  const auto all = at(RangeMethod::min_max, 8), eight = at(RangeMethod::mse, 8),
             two = at(RangeMethod::mse, 2);
  double cut_at_eight = 0, cut_at_two = 0;
  for (std::size_t c = 0; c < all.size(); ++c) {
    EXPECT_LE(eight[c], all[c] * (1 + 1e-6));
    EXPECT_LE(two[c], eight[c] * (1 + 1e-6));
    cut_at_eight += all[c] - eight[c];
    cut_at_two += all[c] - two[c];
  }
  EXPECT_GT(cut_at_two, cut_at_eight);
}

TEST(Equalize, KeepsTheFunctionAndWidensNarrowChannels) {
  const Graph graph = uneven_network();
  const auto all = units(graph);
  const TorchExecutor before(graph);
  const auto ranges = observe_channels(before, all, images(), RangeMethod::min_max, 8);
  const Graph equalized = equalize(graph, all, ranges);
  const TorchExecutor after(equalized);
  const at::NoGradGuard no_gradients;
  EXPECT_LT((after.run(images()) - before.run(images())).abs().max().item<double>(), 1e-5);
  const auto& narrow = ranges[first_relu(graph)];
  const auto wide = observe_channels(after, all, images(), RangeMethod::min_max, 8)[first_relu(graph)];
  for (std::size_t c = 1; c < narrow.size(); ++c) EXPECT_GE(wide[c], narrow[c] * (1 - 1e-6));
  EXPECT_GT(wide.back(), 4 * narrow.back());
}

TEST(Equalize, LeavesWhatADenseLayerReadsAlone) {
  const Graph graph = fold_batch_norms(tests::residual_network());
  const auto all = units(graph);
  EXPECT_FALSE(can_equalize(graph, all));
  EXPECT_TRUE(can_equalize(uneven_network(), units(uneven_network())));
  const auto ranges = observe_channels(TorchExecutor(graph), all, images(), RangeMethod::mse, 8);
  const Graph equalized = equalize(graph, all, ranges);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    if (const Array* weight = weight_of(graph.nodes()[i].op)) {
      EXPECT_EQ(weight->values, weight_of(equalized.nodes()[i].op)->values) << graph.nodes()[i].name;
    }
  }
}

}  // namespace
}  // namespace zsq::quantize
