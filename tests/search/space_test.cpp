#include "search/space.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "../quantize/networks.h"
#include "graph/check.h"
#include "quantize/precision.h"
#include "quantize/prepare.h"

namespace zsq::search {
namespace {

TEST(Space, TiesWhatAnAddOrAConcatJoins) {
  const Graph prepared = quantize::prepared(tests::dense_network());
  const Space space = space_of(prepared, {.weights = {4, 8}, .activations = {4, 8}});
  for (std::size_t i = 0; i < prepared.nodes().size(); ++i) {
    const Node& node = prepared.nodes()[i];
    if (!std::holds_alternative<Concat>(node.op)) continue;
    const auto group = std::ranges::find_if(
        space.groups, [&](const Group& g) { return std::ranges::find(g.nodes, NodeId(i)) != g.nodes.end(); });
    ASSERT_NE(group, space.groups.end());
    EXPECT_GE(group->nodes.size(), 1 + node.inputs.size()) << "the concat and all that it joins";
  }
}

TEST(Space, KeepsEndsAtTheWidestUnlessTheyAreFree) {
  const Graph prepared = quantize::prepared(tests::residual_network());
  const Space ruled = space_of(prepared, {.weights = {4, 6}, .activations = {4, 8}});
  EXPECT_EQ(ruled.layers.front().widths, std::vector<int>{6});
  EXPECT_EQ(ruled.layers.back().widths, std::vector<int>{6});
  EXPECT_EQ(ruled.groups[ruled.layers.front().reads].widths, std::vector<int>{8}) << "pixels";
  EXPECT_EQ(ruled.groups[ruled.layers.back().reads].widths, std::vector<int>{8}) << "what the head reads";
  const Space open = space_of(prepared, {.weights = {6, 4}, .ends_free = true});
  for (const Layer& layer : open.layers) EXPECT_EQ(layer.widths, (std::vector<int>{4, 6})) << layer.name;
  EXPECT_THROW(space_of(prepared, {.weights = {1, 4}}), Error);
}

TEST(Space, ItsRulesGiveTheQuantizerThoseWidths) {
  const Graph prepared = quantize::prepared(tests::mobile_network());
  const Space space = space_of(prepared, {.weights = {3, 4, 8}, .activations = {4, 8}});
  const Widths few = at_most(space, 3, 4);
  const auto units = quantize::units(prepared);
  const auto precision = quantize::choose_precision(prepared, units, {.bits = rules_of(space, few)});
  for (std::size_t l = 0; l < space.layers.size(); ++l)
    EXPECT_EQ(precision.nodes[index(space.layers[l].node)].weight->bits, few.weights[l]);
  for (std::size_t g = 0; g < space.groups.size(); ++g)
    for (const NodeId node : space.groups[g].nodes) {
      const auto& width = precision.nodes[index(node)].activation;
      EXPECT_EQ(width ? width->bits : few.activations[g], few.activations[g]) << prepared[node].name;
    }
}

}  // namespace
}  // namespace zsq::search
