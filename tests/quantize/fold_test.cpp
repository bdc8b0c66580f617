#include "quantize/fold.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/executor.h"
#include "networks.h"
#include "quantize/tail.h"
#include "quantize/units.h"

namespace zsq::quantize {
namespace {

bool has_norm(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(),
                             [](const Node& n) { return std::holds_alternative<BatchNorm2d>(n.op); });
}

TEST(FoldBatchNorms, KeepsTheFunction) {
  torch::manual_seed(1);
  const auto images = torch::randn({3, 3, 12, 12});
  for (const Graph& graph : {tests::residual_network(), tests::dense_network()}) {
    const Graph folded = fold_batch_norms(graph);
    EXPECT_FALSE(has_norm(folded));
    const auto wanted = TorchExecutor(graph).run(images), got = TorchExecutor(folded).run(images);
    EXPECT_LT((wanted - got).abs().max().item<double>(), 1e-4);
  }
}

TEST(FoldBatchNorms, DropsASoftmaxAtTheEndAndRefusesOneInside) {
  const Graph folded = fold_batch_norms(tests::mobile_network());
  for (const Node& node : folded.nodes()) EXPECT_FALSE(std::holds_alternative<Softmax>(node.op));
  tests::NetworkBuilder b(4, {1, 3, 1, 1});
  b.add("softmax", Softmax{}, {b.last});
  b.linear(4);
  EXPECT_THROW(fold_batch_norms(b.graph), Error);
}

TEST(FoldBatchNorms, RefusesADivisionByZero) {
  tests::NetworkBuilder b(4);
  b.add("norm", BatchNorm2d{{1, 1, 1}, {0, 0, 0}, {0, 0, 0}, {1, 0, 1}, 0.0F}, {b.last});
  EXPECT_THROW(fold_batch_norms(b.graph), Error);
}

TEST(Units, AbsorbAddsAndClamps) {
  const Graph folded = fold_batch_norms(tests::residual_network());
  int residuals = 0, standing_adds = 0;
  for (const Unit& unit : units(folded)) {
    residuals += unit.residual ? 1 : 0;
    standing_adds += std::holds_alternative<Add>(folded[unit.head].op) ? 1 : 0;
  }
  EXPECT_EQ(residuals, 3);
  EXPECT_EQ(standing_adds, 0);
}

/// The nodes a unit stands for, from its last back to its head.
std::vector<NodeId> nodes_of(const Graph& graph, const Unit& unit) {
  std::vector<NodeId> all{unit.last};
  while (all.back() != unit.head) {
    const auto& in = graph[all.back()].inputs;
    all.push_back(in[0] != unit.residual ? in[0] : in[1]);
  }
  return all;
}

TEST(Units, CoverEveryNodeBeforeTheTailOnce) {
  for (const Graph& graph : {tests::residual_network(), tests::mobile_network(), tests::dense_network()}) {
    const Graph folded = fold_batch_norms(graph);
    std::vector<int> seen(folded.nodes().size(), 0);
    NodeId before{-1};
    for (const Unit& unit : units(folded)) {
      EXPECT_GT(unit.last, before);
      before = unit.last;
      for (const NodeId id : nodes_of(folded, unit)) ++seen[index(id)];
    }
    const Tail tail(folded);
    EXPECT_TRUE(tail.contains(folded.outputs().front()));
    for (std::size_t i = 0; i < seen.size(); ++i)
      EXPECT_EQ(seen[i], tail.contains(NodeId(i)) ? 0 : 1) << folded.nodes()[i].name;
  }
}

/// conv -> norm -> relu, and an add of a second convolution: what is absorbed where nothing is an output.
Graph with_outputs(const std::vector<int>& outputs) {
  tests::NetworkBuilder b(6);
  b.conv(4, 3, 1, 1, {1, 1, 1, 1});      // 1
  b.norm();                              // 2
  const NodeId first = b.relu();         // 3
  b.conv(4, 3, 1, 1, {1, 1, 1, 1});      // 4
  b.add("add", Add{}, {b.last, first});  // 5
  b.relu();                              // 6
  for (const int id : outputs) b.graph.mark_output(NodeId(id));
  return b.graph;
}

TEST(Outputs, AreNeverFoldedOrAbsorbed) {
  const Graph folded = fold_batch_norms(with_outputs({1, 4, 6}));
  ASSERT_EQ(folded.outputs().size(), 3U);
  EXPECT_EQ(folded[folded.outputs()[0]].name, "conv1");
  EXPECT_TRUE(std::holds_alternative<Conv2d>(folded[folded.outputs()[0]].op));
  EXPECT_EQ(units(folded).size(), 3U);  // input; conv; norm and relu: all else is the tail
  EXPECT_FALSE(Tail(folded).contains(folded.outputs()[0])) << "the norm, now a layer, reads it";
  const auto images = torch::randn({2, 3, 12, 12});
  const auto wanted = TorchExecutor(with_outputs({1, 4, 6})).run_all(images);
  const auto got = TorchExecutor(folded).run_all(images);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(torch::allclose(got[i], wanted[i], 1e-4, 1e-5));
}

}  // namespace
}  // namespace zsq::quantize
