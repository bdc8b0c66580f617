#include "bnstats/divergence.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/bnstats/tiny_net.h"

namespace zsq::bnstats {
namespace {

constexpr std::array kAll{Distance::absolute, Distance::relative, Distance::kl};

TEST(Divergence, IsZeroAtAMatchAndOnlyThere) {
  for (const Statistics& stored : stored_statistics(tiny_net(), torch::kCPU)) {
    for (const Distance kind : kAll) {
      EXPECT_NEAR(distance(kind, {stored.mean, stored.variance}, stored).item<float>(), 0, 1e-6);
      EXPECT_GT(distance(kind, {stored.mean + 0.1, stored.variance}, stored).item<float>(), 1e-4);
      EXPECT_GT(distance(kind, {stored.mean, stored.variance * 2 + 0.1}, stored).item<float>(), 1e-4);
    }
  }
}

TEST(Divergence, HasTheClosedForms) {
  const Statistics stored = stored_statistics(tiny_net(), torch::kCPU).front();  // mean 0.5, variance 2
  const Moments batch{torch::full({9}, 0.8), torch::full({9}, 3.0)};
  const double deviation = std::sqrt(3.0) - std::sqrt(2.0);
  EXPECT_NEAR(squared_distance(batch, stored).item<double>(), 0.09 + deviation * deviation, 1e-4);
  EXPECT_NEAR(relative_distance(batch, stored).item<double>(), (0.09 + deviation * deviation) / 2, 1e-4);
  EXPECT_NEAR(gaussian_kl(batch, stored).item<double>(), 0.5 * (std::log(2.0 / 3.0) + (3 + 0.09) / 2 - 1),
              1e-4);
}

TEST(Divergence, LooksAtLivingChannelsOnly) {
  const Statistics stored = stored_statistics(tiny_net(), torch::kCPU).back();  // channel 1 is dead
  for (const Distance kind : kAll) {
    auto mean = stored.mean.clone();
    auto variance = stored.variance.clone();
    mean[1] = 1e3;
    variance[1] = 1e6;
    mean.requires_grad_();
    const auto value = distance(kind, {mean, variance}, stored);
    EXPECT_NEAR(value.item<float>(), 0, 1e-6);
    value.backward();
    EXPECT_TRUE(mean.grad().isfinite().all().item<bool>());
  }
}

TEST(Divergence, HasAFiniteGradientWhereTheBatchDoesNotVary) {
  const Statistics stored = stored_statistics(tiny_net(), torch::kCPU).front();
  for (const Distance kind : kAll) {
    const auto variance = torch::zeros({9}).requires_grad_();
    distance(kind, {stored.mean, variance}, stored).backward();
    EXPECT_TRUE(variance.grad().isfinite().all().item<bool>());
  }
}

}  // namespace
}  // namespace zsq::bnstats
