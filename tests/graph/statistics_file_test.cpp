#include "graph/statistics_file.h"

#include <cmath>

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq {
namespace {

Conv2d layer() { return {Array{{2, 1, 1, 1}, {1, 2}}, {0.5F, 1}, Window{}, 1}; }

Graph network(bool with_norm) {
  Graph graph;
  NodeId x = graph.add("input", Input{{1, 1, 4, 4}});
  x = graph.add("conv", layer(), {x});
  if (with_norm) x = graph.add("bn", BatchNorm2d{{2, 3}, {0.5F, -1}, {1, 2}, {4, 9}, 1e-5F}, {x});
  graph.add("relu", Clamp{}, {x});
  return graph;
}

TEST(StatisticsFile, IsWhatComesOutOfTheBatchNorm) {
  const Graph graph = with_statistics(network(false), encode_statistics(network(true)), "s");
  ASSERT_EQ(graph.nodes().size(), 4U);
  const auto* norm = std::get_if<BatchNorm2d>(&graph.nodes()[2].op);
  ASSERT_NE(norm, nullptr);
  EXPECT_EQ(norm->mean, (std::vector<float>{0.5F, -1}));
  EXPECT_NEAR(norm->variance[0], 4, 1e-4);  // gamma squared
  EXPECT_NEAR(norm->variance[1], 9, 1e-4);
  EXPECT_EQ(graph.nodes()[3].inputs, (std::vector<NodeId>{NodeId(2)}));
  for (std::size_t c = 0; c < 2; ++c) {  // and it changes nothing
    EXPECT_EQ(norm->beta[c], norm->mean[c]);
    EXPECT_FLOAT_EQ(norm->gamma[c], std::sqrt(norm->variance[c] + norm->epsilon));
  }
}

TEST(StatisticsFile, RefusesWhatDoesNotFit) {
  const std::string file = encode_statistics(network(true));
  Graph other;
  other.add("conv1", layer(), {other.add("input", Input{{1, 1, 4, 4}})});
  try {
    with_statistics(other, file, "s");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("did you mean 'conv1'"), std::string::npos) << e.what();
  }
  Graph wider;
  wider.add("conv", Conv2d{Array{{3, 1, 1, 1}, {1, 2, 3}}, {}, Window{}, 1},
            {wider.add("input", Input{{1, 1, 4, 4}})});
  EXPECT_THROW(with_statistics(wider, file, "s"), Error);
  for (std::size_t size = 0; size < file.size(); size += 7)
    EXPECT_THROW(with_statistics(network(false), file.substr(0, size), "s"), Error) << size;
  EXPECT_THROW(encode_statistics(network(false)), Error);
}

}  // namespace
}  // namespace zsq
