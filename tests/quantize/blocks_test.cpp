#include "quantize/learned/blocks.h"

#include <gtest/gtest.h>

#include "networks.h"
#include "quantize/learned/grid_groups.h"
#include "quantize/prepare.h"

namespace zsq::quantize {
namespace {

std::vector<Block> blocks_of(const Graph& graph) { return blocks(graph, units(graph)); }

void expect_whole(const Graph& graph, const std::vector<Block>& all) {
  std::size_t at = 0;
  for (const Block& block : all) {
    EXPECT_EQ(index(block.begin), at);
    EXPECT_LT(index(block.begin), index(block.end));
    at = index(block.end);
    EXPECT_FALSE(block.inputs.empty());
    EXPECT_FALSE(block.outputs.empty());
    for (const Unit& unit : units(graph))
      EXPECT_FALSE(unit.head < block.end && unit.last >= block.end) << "a unit is cut";
  }
  EXPECT_EQ(at, graph.nodes().size());
}

TEST(Blocks, KeepAResidualPartWhole) {
  tests::NetworkBuilder b(1);
  b.conv(8, 3, 1, 1, {1, 1, 1, 1});
  const NodeId stem = b.relu();
  b.conv(8, 3, 1, 1, {1, 1, 1, 1});
  b.relu();
  b.conv(8, 3, 1, 1, {1, 1, 1, 1});
  b.add("add", Add{}, {b.last, stem});
  const NodeId part = b.relu();
  b.add("pool", GlobalAvgPool{}, {b.last});
  b.linear(5);
  const Graph graph = prepared(b.graph);
  const auto all = blocks_of(graph);
  expect_whole(graph, all);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].outputs, std::vector{stem});
  EXPECT_EQ(all[1].inputs, std::vector{stem});
  EXPECT_EQ(all[1].outputs, std::vector{part});
}

TEST(Blocks, TakeADepthwiseLayerWithItsNeighbours) {
  tests::NetworkBuilder b(2);
  for (int i = 0; i < 3; ++i) {
    b.conv(12, 1);
    b.relu();
    b.depthwise(3, 1, {1, 1, 1, 1});
    b.relu();
    b.conv(8, 1);
  }
  const Graph graph = prepared(b.graph);
  const auto all = blocks_of(graph);
  expect_whole(graph, all);
  EXPECT_EQ(all.size(), 3U);
}

TEST(Blocks, CutALongPartWithManyValuesAcrossWhereFewestCross) {
  tests::NetworkBuilder b(3);
  b.conv(8, 3, 1, 1, {1, 1, 1, 1});
  const NodeId early = b.last;
  for (int i = 0; i < 20; ++i) b.conv(8, 3, 1, 1, {1, 1, 1, 1});
  b.add("join", Concat{}, {early, b.last});
  b.conv(4, 1);
  const Graph graph = prepared(b.graph);
  const auto all = blocks_of(graph);
  expect_whole(graph, all);
  const auto joins = std::ranges::find_if(all, [](const Block& block) { return block.inputs.size() == 2; });
  ASSERT_NE(joins, all.end());
  EXPECT_NE(std::ranges::find(joins->inputs, early), joins->inputs.end());
}

TEST(Blocks, CoverTheSmallNetworks) {
  for (const Graph& graph : {tests::residual_network()}) {
    const Graph p = prepared(graph);
    expect_whole(p, blocks_of(p));
  }
}

TEST(GridGroups, JoinWhatMovesValuesWithWhatItMoves) {
  tests::NetworkBuilder b(4);
  b.conv(4, 3);
  const NodeId conv = b.last;
  const NodeId pool = b.add("pool", MaxPool2d{{{2, 2}, {2, 2}, {1, 1}, {}}}, {conv});
  const NodeId other = b.conv(4, 1);
  const NodeId joined = b.add("join", Concat{}, {pool, other});
  const QParams grid{.scale = 0.1}, apart{.scale = 0.2};
  QuantizedGraph q{b.graph, {}, std::vector<std::optional<QParams>>(b.graph.nodes().size(), grid), {}};
  q.activation[index(other)] = apart;
  const auto group = grid_groups(q);
  EXPECT_EQ(group[index(conv)], group[index(pool)]);
  EXPECT_EQ(group[index(joined)], group[index(pool)]) << "made on the concat's grid";
  EXPECT_NE(group[index(joined)], group[index(other)]);
}

}  // namespace
}  // namespace zsq::quantize
