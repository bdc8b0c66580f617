#include "graph/print.h"

#include <gtest/gtest.h>

namespace zsq {
namespace {

TEST(Print, DescribesOps) {
  const Array weight{{32, 1, 3, 3}, std::vector<float>(288)};
  EXPECT_EQ(describe(Conv2d{weight, {}, {{3, 3}, {2, 2}, {1, 1}, {0, 0, 1, 1}}, 16}),
            "conv 3x3/2 16->32 groups 16 pad 0,0,1,1");
  EXPECT_EQ(describe(Conv2d{weight, std::vector<float>(32), {{3, 3}, {2, 1}, {2, 2}, {1, 1, 1, 1}}, 1}),
            "conv 3x3/2,1 dilation 2 1->32 pad 1 bias");
  EXPECT_EQ(describe(Clamp{}), "relu");
  EXPECT_EQ(describe(Clamp{0, 6}), "relu6");
  EXPECT_EQ(describe(Clamp{-1, 1}), "clamp -1..1");
  EXPECT_EQ(describe(Pad{{0, 2}, {1, 1}, {}, 0}), "pad c 0,2 h 1,1");
  EXPECT_EQ(describe(Slice{{0, 4, 1}, {0, 5, 2}, {1, 7, 1}}), "slice c 0:4 h 0:5:2 w 1:7");
  EXPECT_EQ(describe(MaxPool2d{{{3, 3}, {2, 2}, {}, {1, 1, 1, 1}}}), "maxpool 3x3/2 pad 1");
  EXPECT_EQ(describe(ConvTranspose2d{weight, {}, {2, 2}, {}, {1, 1, 1, 1}, {1, 1}, 2}),
            "transposed conv 3x3/2 32->2 groups 2 pad 1");
  EXPECT_EQ(describe(PixelShuffle{{2, 2}}), "pixel shuffle 2");
  EXPECT_EQ(describe(PixelUnshuffle{{2, 2}}), "pixel unshuffle 2");
  EXPECT_EQ(describe(Upsample{{2, 3}, Upsample::Mode::bilinear}), "upsample bilinear 2,3");
}

TEST(Print, AlignsAGraph) {
  Graph g;
  const NodeId x = g.add("input", Input{{1, 3, 4, 4}});
  const NodeId y = g.add("a.long.name", Clamp{}, {x});
  g.add("add", Add{}, {x, y});
  EXPECT_EQ(to_text(g),
            "0  input        input 3x4x4       3x4x4\n"
            "1  a.long.name  relu         0    3x4x4\n"
            "2  add          add          0,1  3x4x4\n");
}

}  // namespace
}  // namespace zsq
