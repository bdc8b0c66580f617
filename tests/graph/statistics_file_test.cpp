#include "graph/statistics_file.h"

#include <cmath>

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq {
namespace {

Conv2d layer() { return {Array{{2, 1, 1, 1}, {1, 2}}, {0.5F, 1}, Window{}, 1}; }

Graph network(bool with_norm) {
  Graph graph;
  NodeId x = graph.add("input", Input{{1, 1, 4, 4}});
  x = graph.add("conv", layer(), {x});
  if (with_norm) x = graph.add("bn", BatchNorm2d{{2, 3}, {0.5F, -1}, {1, 2}, {4, 9}, 1e-5F}, {x});
  graph.add("relu", Clamp{}, {x});
  return graph;
}

TEST(StatisticsFile, IsWhatComesOutOfTheBatchNorm) {
  const Graph graph = with_statistics(network(false), encode_statistics(network(true)), "s");
  ASSERT_EQ(graph.nodes().size(), 4U);
  const auto* norm = std::get_if<BatchNorm2d>(&graph.nodes()[2].op);
  ASSERT_NE(norm, nullptr);
  EXPECT_EQ(norm->mean, (std::vector<float>{0.5F, -1}));
  EXPECT_NEAR(norm->variance[0], 4, 1e-4);  // gamma squared
  EXPECT_NEAR(norm->variance[1], 9, 1e-4);
  EXPECT_EQ(graph.nodes()[3].inputs, (std::vector<NodeId>{NodeId(2)}));
  for (std::size_t c = 0; c < 2; ++c) {  // and it changes nothing
    EXPECT_EQ(norm->beta[c], norm->mean[c]);
    EXPECT_FLOAT_EQ(norm->gamma[c], std::sqrt(norm->variance[c] + norm->epsilon));
  }
}

/// Balle and Wang's condition holds at the deviation that is chosen and at none that is a thousandth smaller;
/// at epsilon 1 and delta 1e-5 it is 3.730 (the classic bound says 4.845).
TEST(StatisticsNoise, DeviationIsTheLeastThatTheBudgetAllows) {
  EXPECT_NEAR(noise_deviation({1, 1e-5, 1, "k"}), 3.730632, 1e-5);
  EXPECT_NEAR(noise_deviation({1, 1e-5, 0.02, "k"}), 0.02 * 3.730632, 1e-6);
  for (const double epsilon : {0.01, 0.5, 3.0, 10.0, 50.0})
    for (const double delta : {1e-3, 1e-9}) {
      const double s = noise_deviation({epsilon, delta, 1, "k"});
      const auto reached = [&](double d) {
        const auto phi = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
        return phi(0.5 / d - epsilon * d) - std::exp(epsilon) * phi(-0.5 / d - epsilon * d);
      };
      EXPECT_LE(reached(s), delta * (1 + 1e-6)) << epsilon;
      EXPECT_GT(reached(s * 0.999), delta) << epsilon;
    }
  for (const PrivacyBudget& wrong : {PrivacyBudget{0, 1e-5, 1, "k"},
                                     {1, 0, 1, "k"},
                                     {1, 1, 1, "k"},
                                     {1, 1e-5, 0, "k"},
                                     {1, 1e-5, 1, ""},
                                     {-1, 1e-5, 1, "k"}})
    EXPECT_THROW(noise_deviation(wrong), Error);
}

TEST(StatisticsNoise, IsNormalAndOfItsKey) {
  const std::vector<float> nothing(20000);
  const auto noise = with_noise(nothing, 2, "key", "a");
  double sum = 0, squares = 0, beyond = 0;
  for (const float v : noise) {
    sum += v;
    squares += v * v;
    beyond += std::abs(v) > 4 ? 1 : 0;  // two deviations: 4.55 %
  }
  EXPECT_NEAR(sum / 20000, 0, 0.06);
  EXPECT_NEAR(squares / 20000, 4, 0.15);
  EXPECT_NEAR(beyond / 20000, 0.0455, 0.005);
  EXPECT_EQ(noise, with_noise(nothing, 2, "key", "a"));
  EXPECT_NE(noise, with_noise(nothing, 2, "key", "b"));
  EXPECT_NE(noise, with_noise(nothing, 2, "kez", "a"));
}

TEST(StatisticsNoise, StandsInTheFileWithoutItsKey) {
  const PrivacyBudget budget{1, 1e-5, 0.01, "a secret"};
  const std::string noisy = encode_statistics(network(true), budget);
  EXPECT_EQ(noisy, encode_statistics(network(true), budget));
  EXPECT_EQ(noisy.find("a secret"), std::string::npos);
  EXPECT_NE(noisy.find("(epsilon 1, delta 1e-05) for a sensitivity of 0.01"), std::string::npos);
  const Graph graph = with_statistics(network(false), noisy, "s");
  const auto* norm = std::get_if<BatchNorm2d>(&graph.nodes()[2].op);
  EXPECT_NE(norm->mean[0], 0.5F);
  EXPECT_NEAR(norm->mean[0], 0.5F, 0.3);
  const Graph drowned =
      with_statistics(network(false), encode_statistics(network(true), {1, 1e-5, 1e4, "k"}), "s");
  for (const float v : std::get_if<BatchNorm2d>(&drowned.nodes()[2].op)->variance)
    EXPECT_GE(v, 0.99F * kLeastDeviation * kLeastDeviation);
}

TEST(StatisticsFile, RefusesWhatDoesNotFit) {
  const std::string file = encode_statistics(network(true));
  Graph other;
  other.add("conv1", layer(), {other.add("input", Input{{1, 1, 4, 4}})});
  try {
    with_statistics(other, file, "s");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("did you mean 'conv1'"), std::string::npos) << e.what();
  }
  Graph wider;
  wider.add("conv", Conv2d{Array{{3, 1, 1, 1}, {1, 2, 3}}, {}, Window{}, 1},
            {wider.add("input", Input{{1, 1, 4, 4}})});
  EXPECT_THROW(with_statistics(wider, file, "s"), Error);
  for (std::size_t size = 0; size < file.size(); size += 7)
    EXPECT_THROW(with_statistics(network(false), file.substr(0, size), "s"), Error) << size;
  EXPECT_THROW(encode_statistics(network(false)), Error);
}

}  // namespace
}  // namespace zsq
