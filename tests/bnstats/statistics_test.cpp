#include "bnstats/statistics.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "bnstats/health.h"
#include "graph/check.h"
#include "tests/bnstats/tiny_net.h"

namespace zsq::bnstats {
namespace {

Graph without_norms(std::vector<float> bias) {
  Graph g;
  const auto x = g.add("input", Input{{1, 1, 4, 4}});
  g.add("conv", Conv2d{Array{{2, 1, 1, 1}, {1, 1}}, std::move(bias), Window{}, 1}, {x});
  return g;
}

std::string message_of(const Graph& graph) {
  try {
    stored_statistics(graph, torch::kCPU);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::unsupported);
    return error.what();
  }
  return "";
}

TEST(Statistics, AreThoseOfTheGraphInExecutionOrder) {
  const auto stored = stored_statistics(tiny_net(), torch::kCPU);
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].name, "bn1");
  EXPECT_EQ(stored[0].channels(), 9);
  EXPECT_EQ(stored[0].dead, 0);
  EXPECT_FLOAT_EQ(stored[0].mean[4].item<float>(), 0.5F);
  EXPECT_FLOAT_EQ(stored[0].beta[4].item<float>(), 0.2F);
  EXPECT_EQ(stored[1].dead, 1);
  EXPECT_EQ(stored[1].alive[1].item<float>(), 0.0F);
  EXPECT_GT(stored[1].deviation()[1].item<float>(), 0.0F);
}

TEST(Statistics, SayHowToKeepWhatAnExporterFolds) {
  const std::string folded = message_of(without_norms({0.5F, 0.5F}));
  EXPECT_NE(folded.find("TrainingMode.PRESERVE"), std::string::npos) << folded;
  EXPECT_NE(folded.find("optimize=False"), std::string::npos) << folded;
  const std::string never = message_of(without_norms({}));
  EXPECT_EQ(never.find("PRESERVE"), std::string::npos) << never;
  EXPECT_NE(never.find("no batch norm"), std::string::npos) << never;
}

TEST(Health, FindsDeadChannels) {
  BatchNorm2d norm{filled(5, 1), filled(5, 0), filled(5, 0), {0, 1e-12F, 1e-9F, 1, 2}, 1e-5F};
  EXPECT_EQ(dead_channels(norm), (std::vector<int>{0, 1, 2}));
  norm.variance = {std::numeric_limits<float>::quiet_NaN(), 1e-9F, 1e-9F, 1e-9F, 1e-9F};
  EXPECT_FALSE(dead_channels(norm).empty());
  const auto health = norm_health(tiny_net());
  ASSERT_EQ(health.size(), 2U);
  EXPECT_EQ(health[1].dead, 1);
  EXPECT_EQ(health[1].smallest_variance, 0.0F);
  EXPECT_EQ(health[1].largest_variance, 1.0F);
}

TEST(Health, TellsFoldedFromNeverThere) {
  EXPECT_FALSE(norms_look_folded(tiny_net()));
  EXPECT_TRUE(norms_look_folded(without_norms({0.5F, 0.5F})));
  EXPECT_FALSE(norms_look_folded(without_norms({})));
}

}  // namespace
}  // namespace zsq::bnstats
