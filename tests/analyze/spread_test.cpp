#include "analyze/spread.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "analyze/tensor_study.h"

namespace zsq::analyze {
namespace {

/// Channel 0 from -1 to 3, channel 1 from 0 to 1, channel 2 never varies; in two batches.
SpreadMeter meter() {
  SpreadMeter m;
  m.add(torch::tensor({-1.0, 0.0, 0.0, 1.0, 0.5, 0.5}).view({1, 3, 1, 2}));
  m.add(torch::tensor({3.0, 0.0, 0.0, 0.0, 0.5, 0.5}).view({1, 3, 1, 2}));
  return m;
}

TEST(Spread, IsOfAllBatches) {
  const report::Spread s = meter().spread();
  EXPECT_EQ(s.low, -1);
  EXPECT_EQ(s.high, 3);
  EXPECT_EQ(s.channels, 3);
  EXPECT_EQ(s.dead, 1);
  EXPECT_EQ(s.least_range, 1);
  EXPECT_EQ(s.most_range, 4);
  EXPECT_NEAR(s.channel_precision, (1 + 0.25 + 0) / 3, 1e-12);
}

/// Against the definition, on values that are far from zero.
TEST(Spread, MomentsAreCentral) {
  torch::manual_seed(0);
  const auto values = torch::randn({64, 4, 8, 8}, torch::kFloat64).pow(3) + 5;
  SpreadMeter m;
  for (int i = 0; i < 64; i += 16) m.add(values.slice(0, i, i + 16));
  const auto centred = values - values.mean();
  const double variance = centred.square().mean().item<double>();
  EXPECT_NEAR(m.spread().deviation, std::sqrt(variance), 1e-9);
  EXPECT_NEAR(m.spread().kurtosis, centred.pow(4).mean().item<double>() / (variance * variance), 1e-6);
}

TEST(Spread, OfWeightsHasOutputChannels) {
  const report::Spread s = spread_of_weights(torch::tensor({-1.0, 1.0, 0.0, 0.5}).view({2, 2, 1, 1}));
  EXPECT_EQ(s.channels, 2);
  EXPECT_NEAR(s.channel_precision, (1 + 0.25) / 2, 1e-12);
}

TEST(TensorStudy, CountsWhatItIsShown) {
  const auto gain = torch::tensor({1.0, 2.0}, torch::kFloat64);
  TensorStudy study({.low = 0, .high = 2, .scale = 0.5}, gain);
  const auto wanted = torch::tensor({0.0, 1.0, 3.0, 1.0}, torch::kFloat64).view({1, 2, 1, 2});
  study.add_float(wanted);
  study.add_alone(wanted, wanted + 0.1);
  study.add_accumulated(wanted, wanted + torch::tensor({0.1, 0.3}, torch::kFloat64).view({1, 2, 1, 1}));
  report::StudyLayer layer;
  study.finish(layer);
  EXPECT_EQ(layer.activations.high, 3);
  EXPECT_EQ(layer.activations_equalized.high, 6);
  EXPECT_NEAR(layer.alone_mse, 0.01, 1e-12);
  EXPECT_NEAR(layer.accumulated_mse, (0.01 + 0.09) / 2, 1e-12);
  EXPECT_NEAR(layer.accumulated_db, 10 * std::log10(11 / 0.2), 1e-9);
  EXPECT_NEAR(layer.saturated, 25, 1e-9);    // of 0, 1, 6 and 2, 6 lies beyond
  EXPECT_NEAR(layer.mean_shift, 0.3, 1e-9);  // 0.1 of 0.5 and 0.3 of 1
  EXPECT_EQ(layer.histogram.counts.front(), 1);
  EXPECT_EQ(layer.histogram.counts.back(), 1);
}

}  // namespace
}  // namespace zsq::analyze
