#include "synth/noise.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "images/torch/pixel_codec.h"
#include "tests/bnstats/tiny_net.h"

namespace zsq::synth {
namespace {

Preprocessing imagenet() { return {.mean = {0.485, 0.456, 0.406}, .deviation = {0.229, 0.224, 0.225}}; }

TEST(Noise, IsValidRepeatableAndNormal) {
  const auto images = noise_images(tiny_net(), imagenet(), 50, 7);
  EXPECT_EQ(images.sizes(), (std::vector<std::int64_t>{50, 3, 16, 16}));
  EXPECT_NEAR(images.mean().item<float>(), 0, 0.05);
  EXPECT_NEAR(images.std().item<float>(), 1, 0.1);
  const images::PixelRange range = images::pixel_range(imagenet(), 3);
  EXPECT_TRUE((images >= range.low).logical_and(images <= range.high).all().item<bool>());
  EXPECT_TRUE(torch::equal(images, noise_images(tiny_net(), imagenet(), 50, 7)));
  EXPECT_FALSE(torch::equal(images, noise_images(tiny_net(), imagenet(), 50, 8)));
  EXPECT_THROW(noise_images(tiny_net(), imagenet(), 0, 7), Error);
}

TEST(Noise, OfOctavesIsSmootherThanWhiteNoise) {
  const Shape shape{1, 3, 32, 24};
  const auto roughness = [](const torch::Tensor& x) {
    return (x.narrow(3, 1, 23) - x.narrow(3, 0, 23)).square().mean().item<float>();
  };
  const auto white = noise(16, shape, imagenet(), batch_generator(1, 0));
  const auto octaves = octave_noise(16, shape, imagenet(), batch_generator(1, 0));
  EXPECT_EQ(octaves.sizes(), white.sizes());
  EXPECT_NEAR(octaves.std().item<float>(), 1, 0.15);
  EXPECT_LT(roughness(octaves), roughness(white) / 2);
  EXPECT_TRUE(torch::equal(octaves, octave_noise(16, shape, imagenet(), batch_generator(1, 0))));
}

}  // namespace
}  // namespace zsq::synth
