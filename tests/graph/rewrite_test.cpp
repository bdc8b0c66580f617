#include "graph/rewrite.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "graph/arrangement.h"

namespace zsq {
namespace {

Conv2d conv3x3(int stride) {
  return {
      Array{{2, 2, 3, 3}, std::vector<float>(36, 1.0F)}, {}, {{3, 3}, {stride, stride}, {}, {1, 1, 1, 1}}};
}

TEST(Rewrite, MergesZeroPaddingIntoItsConvolution) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 2, 5, 5}});
  const NodeId p = g.add("pad", Pad{{}, {0, 1}, {2, 0}, 0}, {x});
  g.add("conv", conv3x3(2), {p});
  const Graph merged = merge_padding(g);
  ASSERT_EQ(merged.nodes().size(), 2U);
  EXPECT_EQ(std::get<Conv2d>(merged.nodes()[1].op).window.padding, (Padding{1, 3, 2, 1}));
  EXPECT_EQ(merged.nodes()[1].shape, g[g.outputs().front()].shape);
}

TEST(Rewrite, LeavesOtherPaddingAlone) {
  for (const Pad& pad : {Pad{{}, {1, 1}, {1, 1}, 0.5F}, Pad{{0, 0}, {}, {}, 0}, Pad{{1, 0}, {}, {}, 0}}) {
    Graph g;
    const NodeId x = g.add("x", Input{{1, pad.c.before > 0 ? 1 : 2, 5, 5}});
    const NodeId p = g.add("pad", pad, {x});
    g.add("conv", conv3x3(1), {p});
    const bool merges = pad.value == 0 && pad.c == Pad::Amount{};
    EXPECT_EQ(merge_padding(g).nodes().size(), merges ? 2U : 3U);
  }
}

TEST(Rewrite, EndsAtTheLogits) {
  for (const auto of : {Softmax::Of::probabilities, Softmax::Of::logarithms}) {
    Graph g;
    const NodeId x = g.add("x", Input{{1, 2, 1, 1}});
    const NodeId relu = g.add("relu", Clamp{}, {x});
    EXPECT_EQ(up_to_logits(g).nodes().size(), 2U);
    const NodeId softmax = g.add("softmax", Softmax{of}, {relu});
    EXPECT_EQ(up_to_logits(g).nodes().size(), 2U);
    g.add("inside", Clamp{}, {softmax});
    EXPECT_EQ(up_to_logits(g).nodes().size(), 4U);
  }
}

TEST(Rewrite, KeepsWhatAnOutputNeeds) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 2, 5, 5}});
  const NodeId a = g.add("a", Clamp{}, {x});
  g.add("dead", Clamp{}, {x});
  const NodeId b = g.add("b", Add{}, {a, x});
  g.add("later", Clamp{}, {b});
  g.mark_output(b);
  g.mark_output(a);
  const Graph kept = keep_needed(g);
  ASSERT_EQ(kept.nodes().size(), 3U);
  ASSERT_EQ(kept.outputs().size(), 2U);
  EXPECT_EQ(kept[kept.outputs()[0]].name, "b");
  EXPECT_EQ(kept[kept.outputs()[1]].name, "a");
}

TEST(Rewrite, KeepsTheOutputs) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 2, 5, 5}});
  const NodeId p = g.add("pad", Pad{{}, {0, 1}, {2, 0}, 0}, {x});
  const NodeId c = g.add("conv", conv3x3(2), {p});
  const NodeId pool = g.add("pool", GlobalAvgPool{}, {c});
  const NodeId softmax = g.add("softmax", Softmax{}, {pool});
  for (const NodeId id : {p, softmax, pool}) g.mark_output(id);
  EXPECT_EQ(merge_padding(g).nodes().size(), 5U) << "the padded image is an output";
  const Graph logits = up_to_logits(g);
  ASSERT_EQ(logits.outputs().size(), 2U) << "probabilities and logits are one";
  EXPECT_EQ(logits[logits.outputs()[0]].name, "pad");
  EXPECT_EQ(logits[logits.outputs()[1]].name, "pool");
  const Graph same = map_ops(g, [](NodeId, Op op) { return op; });
  EXPECT_TRUE(std::ranges::equal(same.outputs(), g.outputs()));
}

TEST(Rewrite, MapsOps) {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 2, 5, 5}});
  g.add("relu", Clamp{}, {x});
  const Graph mapped = map_ops(g, [&](NodeId id, Op op) {
    return id == x ? std::move(op) : Op(Clamp{0, 6});
  });
  EXPECT_EQ(mapped.nodes()[1].name, "relu");
  EXPECT_EQ(std::get<Clamp>(mapped.nodes()[1].op), (Clamp{0, 6}));
}

TEST(Arrangement, IsReadOffThePositions) {
  const Shape source{1, 4, 2, 3};
  std::vector<std::int64_t> all(24);
  std::iota(all.begin(), all.end(), 0);
  const std::vector<std::int64_t> same{4, 2, 3}, flat{24}, other{2, 4, 3};
  EXPECT_TRUE(std::holds_alternative<Unchanged>(arrangement(all, same, source)));
  EXPECT_TRUE(std::holds_alternative<Flatten>(arrangement(all, flat, source)));
  EXPECT_TRUE(std::holds_alternative<Unrecognised>(arrangement(all, other, source)));
  const std::vector<std::int64_t> part{7, 9 + 1, 4 * 3 + 7, 22}, two{2, 1, 2};
  EXPECT_TRUE(std::holds_alternative<Unrecognised>(arrangement(part, two, source)));
  const std::vector<std::int64_t> corner{9, 11, 21, 23};  // channels 1 and 3, row 1, columns 0 and 2
  const auto slice = std::get<Slice>(arrangement(corner, two, source));
  EXPECT_EQ(slice, (Slice{{1, 4, 2}, {1, 2, 1}, {0, 3, 2}}));
  EXPECT_TRUE(std::holds_alternative<Unrecognised>(arrangement({}, two, source)));
}

}  // namespace
}  // namespace zsq
