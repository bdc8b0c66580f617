#include "graph/rewrite.h"

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
  EXPECT_EQ(merged.nodes()[1].shape, g[g.output()].shape);
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
  const Graph kept = keep_needed(g, b);
  ASSERT_EQ(kept.nodes().size(), 3U);
  EXPECT_EQ(kept[kept.output()].name, "b");
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
