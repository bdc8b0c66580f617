#include "graph/shape.h"

#include <limits>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "graph/limits.h"

/// Extents, windows and ranges come from untrusted files: whatever they are, a shape or an Error comes out.
namespace zsq {
namespace {

constexpr int kMax = std::numeric_limits<int>::max();
constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

void expect_refused(const Op& op, const Shape& in) {
  try {
    const Shape out = output_shape(op, std::array{in});
    ADD_FAILURE() << "gives " << out;
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::model) << e.what();
  }
}

Conv2d conv(const Shape& weight, std::size_t values, const Window& window, int groups = 1) {
  return {Array{weight, std::vector<float>(values)}, {}, window, groups};
}

TEST(OutputShape, RefusesInputsBeyondAllMemory) {
  for (const Shape& s :
       {Shape{1, kHuge, 1, 1}, Shape{1, 1 << 24, 1 << 24, 1 << 24}, Shape{kHuge, 2, 2, 2}, Shape{1, 3, -1, 5},
        Shape{1, 3, 0, 5}, Shape{1, 1, kMaxSide + 1, 1}, Shape{1, 1, 1, kMaxSide + 1},
        Shape{1, kMaxExtent + 1, 1, 1}, Shape{1, 9, kMaxSide, kMaxSide}, Shape{2, 3, 5, 5}})
    EXPECT_THROW(output_shape(Input{s}, {}), Error) << s;
}

/// Products of these extents are what the array holds, or 0, in 64 bits.
TEST(OutputShape, RefusesWeightsWhoseExtentsOverflow) {
  const Window one;
  constexpr std::int64_t k32 = std::int64_t{1} << 32, k62 = std::int64_t{1} << 62;
  expect_refused(conv({k62 + 1, 4, 1, 1}, 4, one), {1, 4, 3, 3});
  expect_refused(conv({k32, k32, 1, 1}, 0, one), {1, 4, 3, 3});
  expect_refused(conv({-1, -4, 1, 1}, 4, one), {1, 4, 3, 3});
  expect_refused(conv({kHuge, 1, 1, 1}, 1, one), {1, 1, 3, 3});
  expect_refused(Linear{Array{{k62 + 1, 4, 1, 1}, std::vector<float>(4)}, {}}, {1, 4, 1, 1});
}

TEST(OutputShape, RefusesGroupsThatDoNotFit) {
  for (const int groups : {0, -1, 3, kMax}) expect_refused(conv({4, 2, 1, 1}, 8, {}, groups), {1, 4, 3, 3});
}

TEST(OutputShape, RefusesHugeWindows) {
  const Shape image{1, 1, 5, 5};
  for (const int huge : {kMax, 65535, kMaxSide + 1, 0, -1, std::numeric_limits<int>::min()}) {
    for (const Window& w :
         {Window{{huge, 1}}, Window{{1, huge}}, Window{{1, 1}, {huge, 1}}, Window{{1, 1}, {}, {1, huge}}}) {
      expect_refused(MaxPool2d{w}, image);
      if (w.dilation == Size2{}) expect_refused(AvgPool2d{w}, image);
      if (w.kernel == Size2{}) expect_refused(conv({1, 1, 1, 1}, 1, w), image);
    }
    if (huge == 0) continue;
    for (const Padding& p :
         {Padding{huge, 0, 0, 0}, Padding{0, huge, 0, 0}, Padding{0, 0, huge, 0}, Padding{0, 0, 0, huge}}) {
      expect_refused(MaxPool2d{{{1, 1}, {}, {}, p}}, image);
      expect_refused(conv({1, 1, 1, 1}, 1, {{1, 1}, {}, {}, p}), image);
      expect_refused(Pad{{}, {p.top, p.bottom}, {p.left, p.right}, 0}, image);
    }
  }
}

/// The largest settings that are allowed.
TEST(OutputShape, TakesTheLargestWindowsWithoutOverflow) {
  constexpr int k = kMaxSide;
  const Window covering{{k, k}, {k, k}, {k, k}, {k, k, k, k}};
  expect_refused(MaxPool2d{covering}, {1, 1, 5, 5});
  const Window wide{{k, k}, {k, k}, {}, {k - 1, k - 1, k - 1, k - 1}};
  EXPECT_EQ(output_shape(AvgPool2d{wide}, std::array{Shape{1, 1, 2, 2}}), (Shape{1, 1, 2, 2}));
  const Window dilated{{2, 2}, {k, k}, {k, k}, {k, k, k, k}};
  EXPECT_EQ(output_shape(MaxPool2d{dilated}, std::array{Shape{1, 1, 2, 2}}), (Shape{1, 1, 2, 2}));
}

/// The second of two places has one tap above the 5 rows and one below.
TEST(OutputShape, RefusesAPoolingWindowThatStraddlesTheImage) {
  const Window straddling{{2, 1}, {1, 1}, {6, 1}, {2, 0, 1, 0}}, seeing{{2, 1}, {1, 1}, {4, 1}, {2, 0, 1, 0}};
  const Shape image{1, 1, 5, 5};
  expect_refused(MaxPool2d{straddling}, image);
  EXPECT_EQ(output_shape(MaxPool2d{seeing}, std::array{image}), (Shape{1, 1, 4, 5}));
}

TEST(OutputShape, RefusesRangesOutsideAnImage) {
  const Shape image{1, 4, 5, 6};
  for (const Slice::Range& r : {Slice::Range{0, kHuge, 1}, Slice::Range{-kHuge, 2, 1}, Slice::Range{3, 2, 1},
                                Slice::Range{2, 2, 1}, Slice::Range{0, 3, 0}, Slice::Range{0, 3, -kHuge},
                                Slice::Range{0, 3, kHuge}, Slice::Range{0, 3, kMaxExtent + 1}}) {
    expect_refused(Slice{r, {0, 5}, {0, 6}}, image);
    expect_refused(Slice{{0, 4}, r, {0, 6}}, image);
    expect_refused(Slice{{0, 4}, {0, 5}, r}, image);
  }
}

TEST(OutputShape, CountsRangesOfAnyStep) {
  const Shape image{1, 4, 5, 6};
  EXPECT_EQ(output_shape(Slice{{0, 4, kMaxExtent}, {0, 5, 2}, {1, 6, 5}}, std::array{image}),
            (Shape{1, 1, 3, 1}));
}

TEST(OutputShape, RefusesSumsThatGrowTooLarge) {
  const std::vector<Shape> parts(200, Shape{1, 1 << 20, 1, 1});
  EXPECT_THROW(output_shape(Concat{}, parts), Error);
  expect_refused(Flatten{}, {1, 1 << 10, 1 << 10, 1 << 10});
}

}  // namespace
}  // namespace zsq
