#include "quantize/fold.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/executor.h"
#include "networks.h"
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

TEST(Units, CoverEveryNodeOnce) {
  for (const Graph& graph : {tests::residual_network(), tests::mobile_network(), tests::dense_network()}) {
    const Graph folded = fold_batch_norms(graph);
    std::vector<int> seen(folded.nodes().size(), 0);
    NodeId before{-1};
    for (const Unit& unit : units(folded)) {
      EXPECT_GT(unit.last, before);
      before = unit.last;
      ++seen[index(unit.last)];
    }
    for (const NodeId source : {folded.output()}) EXPECT_EQ(seen[index(source)], 1);
  }
}

}  // namespace
}  // namespace zsq::quantize
