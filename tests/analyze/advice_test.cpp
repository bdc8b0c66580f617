#include "analyze/advice.h"

#include <gtest/gtest.h>

namespace zsq::analyze {
namespace {

report::StudyLayer layer(const std::string& name, double noise, double precision) {
  report::StudyLayer l{.name = name, .weight_bits = 8, .activation_bits = 8, .noise_share = noise};
  l.activations.channel_precision = l.activations_equalized.channel_precision = precision;
  l.activations.channels = 16;
  return l;
}

TEST(Advice, NamesReasonAndCommand) {
  report::Study study;
  study.layers = {layer("quiet", 5, 0.9), layer("wide", 41, 0.04), layer("dw", 30, 0.9)};
  study.layers[2].depthwise = true;
  const auto all = advice(study, "m.pt");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NE(all[0].text.find("`wide` alone makes 41 % of the output's noise"), std::string::npos)
      << all[0].text;
  EXPECT_EQ(all[0].command, "zsq quantize m.pt -o better.zsq --equalization depthwise");
  EXPECT_NE(all[1].command.find("--rounding learned"), std::string::npos);
  study.layers[1].weight_bits = 4;
  EXPECT_NE(advice(study, "m.pt")[0].command.find("--bits 'wide=8/8'"), std::string::npos);
}

TEST(Advice, IsSilentWhereNothingIsWrong) {
  report::Study study;
  study.layers = {layer("a", 10, 0.9), layer("b", 12, 0.9)};
  EXPECT_TRUE(advice(study, "m.pt").empty());
  study.layers[1].saturated = 3;
  study.layers[0].mean_shift = 0.9;
  EXPECT_EQ(advice(study, "m.pt").size(), 2U);
}

}  // namespace
}  // namespace zsq::analyze
