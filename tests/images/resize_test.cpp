#include "images/resize.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "images/torch/pixel_codec.h"

namespace zsq::images {
namespace {

Pixels noise(std::int64_t h, std::int64_t w, std::int64_t c) {
  Pixels pixels = pixels_of(1, h, w, c);
  std::mt19937 dice(static_cast<unsigned>(h * 1000 + w));
  std::ranges::generate(pixels.values, [&] { return static_cast<std::uint8_t>(dice() >> 24); });
  return pixels;
}

/// What LibTorch makes of it, of three channels always: it fails at some pictures of
/// one channel, and of one row or column.
torch::Tensor by_torch(const Pixels& picture, std::int64_t h, std::int64_t w) {
  const auto planes = to_tensor(picture).permute({0, 3, 1, 2}).expand({1, 3, picture.h, picture.w});
  return at::_upsample_bilinear2d_aa(planes.contiguous(), {h, w}, /*align_corners=*/false)
      .narrow(1, 0, picture.c)
      .permute({0, 2, 3, 1});
}

TEST(ResizedAntialiased, IsLibTorchsByteForByte) {
  const std::vector<std::array<std::int64_t, 4>> sizes{
      {7, 9, 7, 4},         {7, 9, 3, 9},       {64, 48, 32, 32}, {5, 5, 17, 23},
      {375, 500, 256, 341}, {2, 3, 4, 5},       {33, 2, 5, 2},    {100, 7, 99, 8},
      {500, 333, 144, 96},  {231, 67, 40, 200}, {480, 640, 3, 5}, {97, 101, 53, 59}};
  for (const auto& [h, w, to_h, to_w] : sizes)
    for (const std::int64_t c : {1, 3}) {
      const Pixels picture = noise(h, w, c);
      EXPECT_TRUE(
          torch::equal(to_tensor(resized_antialiased(picture, to_h, to_w)), by_torch(picture, to_h, to_w)))
          << h << 'x' << w << " to " << to_h << 'x' << to_w << ", " << c << " channels";
    }
}

TEST(ResizedAntialiased, LeavesOneColourAlone) {
  Pixels grey = pixels_of(1, 9, 13, 3);
  std::ranges::fill(grey.values, 77);
  const Pixels small = resized_antialiased(grey, 4, 6);
  EXPECT_EQ(small.h, 4);
  EXPECT_EQ(small.w, 6);
  EXPECT_TRUE(std::ranges::all_of(small.values, [](std::uint8_t v) { return v == 77; }));
}

}  // namespace
}  // namespace zsq::images
