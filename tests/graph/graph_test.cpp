#include "graph/graph.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq {
namespace {

TEST(Graph, RejectsAForwardReferenceATakenNameAndAWrongNumberOfInputs) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 3, 4, 4}});
  EXPECT_THROW(g.add("relu", Clamp{}, {NodeId{5}}), Error);
  EXPECT_THROW(g.add("x", Clamp{}, {x}), Error);
  EXPECT_THROW(g.add("add", Add{}, {x}), Error);
  EXPECT_THROW(g.add("second", Input{{1, 3, 4, 4}}), Error);
  EXPECT_EQ(g.nodes().size(), 1U);
}

TEST(Graph, InfersShapes) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 4, 5, 7}});
  const Window window{{3, 3}, {2, 2}, {1, 1}, {0, 0, 1, 1}};
  const NodeId c = g.add("conv", Conv2d{Array{{6, 2, 3, 3}, std::vector<float>(108)}, {}, window, 2}, {x});
  EXPECT_EQ(g[c].shape, (Shape{1, 6, 2, 3}));
  const NodeId s = g.add("slice", Slice{{0, 4, 1}, {0, 5, 2}, {1, 7, 2}}, {x});
  EXPECT_EQ(g[s].shape, (Shape{1, 4, 3, 3}));
}

TEST(Graph, HasTheMarkedOutputsInOrderOrElseItsLastNode) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 3, 1, 1}});
  const NodeId a = g.add("a", Clamp{}, {x});
  const NodeId b = g.add("b", Clamp{}, {a});
  EXPECT_TRUE(std::ranges::equal(g.outputs(), std::vector{b}));
  EXPECT_EQ(classes(g), 3);
  g.mark_output(b);
  g.mark_output(a);
  const Graph copy = g;
  EXPECT_TRUE(std::ranges::equal(copy.outputs(), std::vector{b, a}));
  EXPECT_TRUE(copy.is_output(a));
  EXPECT_FALSE(copy.is_output(x));
  EXPECT_EQ(classes(copy), std::nullopt);
  EXPECT_THROW(g.mark_output(a), Error);
  EXPECT_THROW(g.mark_output(NodeId{7}), Error);
}

TEST(Graph, AValueThatIsAnOutputHasNoOnlyReader) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 3, 1, 1}});
  const NodeId a = g.add("a", Clamp{}, {x});
  const NodeId b = g.add("b", Clamp{}, {a});
  EXPECT_EQ(only_reader(g, consumers(g), a), b);
  EXPECT_EQ(only_reader(g, consumers(g), b), std::nullopt);
  g.mark_output(b);
  g.mark_output(a);
  EXPECT_EQ(only_reader(g, consumers(g), a), std::nullopt);
}

}  // namespace
}  // namespace zsq
