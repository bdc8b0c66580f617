#include "synth/report.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "graph/check.h"
#include "tests/bnstats/tiny_net.h"

namespace zsq::synth {
namespace {

TEST(Report, MeasuresAllImagesTogetherHoweverTheyAreBatched) {
  const TorchExecutor teacher(tiny_net());
  const auto stored = bnstats::stored_statistics(teacher.graph(), torch::kCPU);
  const auto images = torch::randn({21, 3, 16, 16});
  const Quality whole = measure_quality(teacher, stored, images, 21, 1);
  const Quality parts = measure_quality(teacher, stored, images, 4, 2);
  ASSERT_EQ(whole.fit.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(whole.fit[i].mean_error, parts.fit[i].mean_error, 1e-5);
    EXPECT_NEAR(whole.fit[i].std_error, parts.fit[i].std_error, 1e-5);
    EXPECT_GT(whole.fit[i].mean_error, 0.0);
  }
  EXPECT_EQ(whole.fit[1].dead, 1);
  EXPECT_EQ(whole.histogram, parts.histogram);
  EXPECT_EQ(std::accumulate(whole.histogram.begin(), whole.histogram.end(), std::int64_t{0}), 21);
  EXPECT_GT(whole.confidence, 0.2);
  EXPECT_LE(whole.confidence, 1.0);
}

TEST(Report, HasTheKeysOfTheCommandLine) {
  const Synthesis made{
      .images = torch::zeros({7, 3, 2, 2}), .labels = {}, .loss = {}, .seconds = 3, .iterations = 50};
  const Quality quality{
      .fit = {{.name = "bn", .channels = 4, .dead = 1, .mean_error = 0.1, .std_error = 0.2}},
      .mean_error = 0.1,
      .std_error = 0.2,
      .confidence = 0.5,
      .histogram = {3, 0, 4}};
  const auto json = to_json(made, quality);
  EXPECT_EQ(json["images"], 7);
  EXPECT_EQ(json["seconds"], 3.0);
  EXPECT_EQ(json["seconds_per_100_iterations"], 6.0);
  EXPECT_GT(json["peak_rss_mb"], 10.0);
  const std::string text = to_text(made, quality);
  for (const LayerFit& layer : quality.fit) EXPECT_NE(text.find(layer.name), std::string::npos) << text;
  EXPECT_NE(text.find(" images in "), std::string::npos) << text;
  EXPECT_EQ(json["classes"], 2);
  EXPECT_EQ(json["fit"][0]["name"], "bn");
  EXPECT_EQ(json["fit"][0]["mean_error"], 0.1);
  EXPECT_EQ(json["fit"][0]["std_error"], 0.2);
}

TEST(Report, AFailedFitIsAnError) {
  EXPECT_NO_THROW(check_quality({.mean_error = 0.1, .std_error = 0.1}));
  for (const Quality& bad : {Quality{.mean_error = 3}, Quality{.std_error = 3}, Quality{.mean_error = NAN}}) {
    try {
      check_quality(bad);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::target);
    }
  }
}

}  // namespace
}  // namespace zsq::synth
