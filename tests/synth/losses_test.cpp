#include "synth/losses.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "synth/augment.h"
#include "synth/noise.h"
#include "tests/synth/gradient.h"

namespace zsq::synth {
namespace {

TEST(Losses, AreZeroWhereThereIsNothingToSay) {
  const auto flat = torch::full({2, 3, 4, 4}, 0.5);
  EXPECT_EQ(total_variation(flat).item<float>(), 0.0F);
  EXPECT_EQ(l2(torch::zeros({1, 1, 2, 2})).item<float>(), 0.0F);
  EXPECT_NEAR(image_prior(flat, torch::full({3}, 0.5), torch::zeros({3})).item<float>(), 0, 1e-6);
}

TEST(Losses, TotalVariationIsTheMeanSquaredStep) {
  const auto ramp = torch::arange(4, torch::kFloat32).reshape({1, 1, 1, 4}).expand({1, 1, 4, 4});
  EXPECT_FLOAT_EQ(total_variation(ramp * 2).item<float>(), 4.0F);
  EXPECT_FLOAT_EQ(total_variation(torch::ones({1, 1, 1, 1})).item<float>(), 0.0F);
}

TEST(Losses, TheClassTermIsCrossEntropyThatForgetsTheSure) {
  const auto logits = torch::tensor({{9.0F, 0.0F}, {0.0F, 0.5F}});
  const auto labels = torch::tensor({0, 1});
  EXPECT_NEAR(class_term(logits, labels, 0).item<float>(),
              torch::cross_entropy_loss(logits, labels).item<float>(), 1e-6);
  EXPECT_LT(class_term(logits, labels, 2).item<float>(), class_term(logits, labels, 0).item<float>());
  const auto certain = torch::tensor({{1e4F, -1e4F}}).requires_grad_();
  class_term(certain, torch::tensor({0}), 2).backward();
  EXPECT_TRUE(certain.grad().isfinite().all().item<bool>());
}

TEST(Losses, LogitRangeRewardsWideLogits) {
  EXPECT_FLOAT_EQ(logit_range(torch::tensor({{1.0F, -2.0F, 0.0F}})).item<float>(), -3.0F);
}

TEST(Losses, ColourIsWhatTheChannelsDiffer) {
  auto generator = batch_generator(2, 0);
  const auto grey = torch::randn({2, 1, 8, 8}, generator).expand({2, 3, 8, 8});
  EXPECT_LT(colour_variation(grey).item<float>(), 1e-12F);
  EXPECT_GT(total_variation(grey).item<float>(), 1.0F);
  const auto red =
      torch::zeros({1, 3, 1, 2}).index_put_({0, 0, 0, 1}, 3.0F);  // 2 and -1 and -1 from the mean
  EXPECT_FLOAT_EQ(colour_variation(red).item<float>(), 6.0F);
}

TEST(Losses, SpeckleCostsAndStripesDoNot) {
  auto generator = batch_generator(3, 0);
  const auto line = torch::randn({1, 1, 1, 64}, generator).expand({1, 3, 64, 64});
  EXPECT_LT(speckle(line).item<float>(), 1e-3F);
  EXPECT_LT(speckle(line.transpose(2, 3)).item<float>(), 1e-3F);
  const auto dots = torch::randn({1, 3, 64, 64}, generator);
  EXPECT_GT(speckle(dots).item<float>(), 1.0F);
  // The same power in a corner costs more than all over the image.
  auto corner = torch::zeros({1, 3, 64, 64});
  corner.narrow(2, 0, 16).narrow(3, 0, 16).copy_(4 * dots.narrow(2, 0, 16).narrow(3, 0, 16));
  EXPECT_GT(speckle(corner).item<float>(), 2 * speckle(dots).item<float>());
  EXPECT_EQ(speckle(torch::ones({1, 3, 5, 9})).item<float>(), 0.0F);
}

TEST(Losses, GradientsAreThoseOfTheValues) {
  auto generator = batch_generator(4, 0);
  const auto images = torch::randn({2, 3, 9, 10}, generator);
  const auto mean = torch::full({3}, 0.1, torch::kFloat64),
             deviation = torch::full({3}, 0.8, torch::kFloat64);
  const auto logits = torch::randn({4, 5}, generator);
  const auto labels = torch::tensor({0, 3, 4, 1});
  EXPECT_LT(gradient_error(total_variation, images), 1e-6);
  EXPECT_LT(gradient_error(colour_variation, images), 1e-6);
  EXPECT_LT(gradient_error(speckle, images), 1e-6);
  EXPECT_LT(gradient_error(l2, images), 1e-6);
  EXPECT_LT(gradient_error([&](const auto& x) { return image_prior(x, mean, deviation); }, images), 1e-6);
  EXPECT_LT(gradient_error([&](const auto& x) { return class_term(x, labels, 0); }, logits), 1e-6);
  EXPECT_LT(gradient_error(logit_range, logits), 1e-6);
}

TEST(Augment, MovesPixelsAndLosesNone) {
  const auto images = torch::arange(2 * 3 * 8 * 8, torch::kFloat32).reshape({2, 3, 8, 8});
  auto generator = batch_generator(1, 0);
  bool moved = false;
  for (int i = 0; i < 8; ++i) {
    const auto out = augment(images, 3, true, generator);
    EXPECT_TRUE(torch::equal(std::get<0>(out.flatten().sort()), images.flatten()));
    moved = moved || !torch::equal(out, images);
  }
  EXPECT_TRUE(moved);
  EXPECT_TRUE(torch::equal(augment(images, 0, false, generator), images));
}

}  // namespace
}  // namespace zsq::synth
