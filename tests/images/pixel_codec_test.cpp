#include "images/torch/pixel_codec.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"

namespace zsq::images {
namespace {

Preprocessing imagenet() {
  Preprocessing p;
  p.mean = {0.485, 0.456, 0.406};
  p.deviation = {0.229, 0.224, 0.225};
  return p;
}

TEST(PixelCodec, EveryPixelSurvivesTheRoundTrip) {
  const auto pixels =
      torch::arange(256).reshape({1, 16, 16, 1}).expand({1, 16, 16, 3}).to(torch::kUInt8).contiguous();
  const auto images = from_pixels(pixels, imagenet());
  EXPECT_EQ(images.sizes(), (std::vector<std::int64_t>{1, 3, 16, 16}));
  EXPECT_TRUE(torch::equal(to_pixels(images, imagenet()), pixels));
  EXPECT_NEAR(images[0][1][15][15].item<float>(), (1 - 0.456) / 0.224, 1e-5);
}

TEST(PixelCodec, RoundsToTheNearestValidPixel) {
  const auto far = torch::full({1, 3, 2, 2}, 100.0F);
  EXPECT_TRUE((to_pixels(far, imagenet()) == 255).all().item<bool>());
  EXPECT_TRUE((to_pixels(-far, imagenet()) == 0).all().item<bool>());
}

TEST(PixelCodec, RefusesAPreprocessingThatDoesNotFit) {
  Preprocessing p = imagenet();
  p.mean.pop_back();
  EXPECT_THROW(pixel_range(p, 3), Error);
  p = imagenet();
  p.deviation[1] = 0;
  EXPECT_THROW(to_pixels(torch::zeros({1, 3, 2, 2}), p), Error);
}

}  // namespace
}  // namespace zsq::images
