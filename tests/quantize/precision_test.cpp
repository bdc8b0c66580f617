#include "quantize/precision.h"

#include <gtest/gtest.h>

#include "graph/check.h"
#include "networks.h"
#include "quantize/prepare.h"

namespace zsq::quantize {
namespace {

TEST(ParseBits, TakesOneWidthOrTwoAndSaysWhatItDidNotUnderstand) {
  EXPECT_EQ(parse_bits("layer4.*=4,fc=8/6"), (std::vector<BitsRule>{{"layer4.*", 4, 4}, {"fc", 8, 6}}));
  EXPECT_TRUE(parse_bits("").empty());
  for (const char* wrong : {"fc", "fc=", "fc=9", "fc=4/", "fc=4/1", "=4", "fc=four", ","})
    EXPECT_THROW(parse_bits(wrong), Error) << wrong;
}

TEST(ParseBits, StarsStandForAnyCharacters) {
  EXPECT_TRUE(matches({"layer4.*"}, "layer4.0.conv"));
  EXPECT_TRUE(matches({"*.conv*"}, "layer4.0.conv1"));
  EXPECT_TRUE(matches({"*"}, ""));
  EXPECT_FALSE(matches({"layer4.*"}, "layer40.conv"));
  EXPECT_FALSE(matches({"conv"}, "conv1"));
}

Precision precision_of(const Graph& graph, const char* bits) {
  const Graph prepared = quantize::prepared(graph);
  return choose_precision(prepared, units(prepared),
                          {.weight_bits = 6, .activation_bits = 5, .bits = parse_bits(bits)});
}

TEST(Precision, SaysWhatIsHowWideAndWhy) {
  const Precision p = precision_of(tests::residual_network(), "conv4=3/2,conv*=4");
  const auto of = [&](const std::string& name) {
    return *std::ranges::find(p.nodes, name, &Precision::OfNode::name);
  };
  EXPECT_EQ(of("input").activation->bits, 8);
  EXPECT_EQ(of("input").activation->why, Why::first);
  EXPECT_EQ(of("conv1").weight->bits, 4);
  EXPECT_EQ(of("conv4").weight->bits, 4) << "the last rule that matches counts";
  EXPECT_EQ(of("conv4").weight->pattern, "conv*");
  EXPECT_EQ(p.nodes.back().weight->bits, 6) << "the classifier";
  EXPECT_EQ(p.nodes.back().weight->why, Why::asked_for);
  EXPECT_EQ(std::ranges::count_if(
                p.nodes, [](const auto& n) { return n.activation && n.activation->why == Why::last; }),
            1);
}

TEST(Precision, SaysWhatASearchHasFound) {
  const Graph prepared = quantize::prepared(tests::residual_network());
  std::vector<BitsRule> rules = parse_bits("conv*=4,conv1=6/5");
  rules.back().by_search = true;
  const Precision p = choose_precision(prepared, units(prepared), {.bits = rules});
  const auto conv1 = *std::ranges::find(p.nodes, "conv1", &Precision::OfNode::name);
  EXPECT_EQ(conv1.weight->why, Why::search);
  EXPECT_EQ(std::ranges::count_if(
                p.nodes, [](const auto& n) { return n.activation && n.activation->why == Why::search; }),
            1)
      << "what conv1's unit makes";
  EXPECT_NE(to_text(p).find("found by search"), std::string::npos);
}

TEST(Precision, RefusesAPatternThatNothingMatchesAndSaysWhatIsNear) {
  try {
    precision_of(tests::residual_network(), "conf1=4");
    FAIL() << "was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::usage);
    EXPECT_NE(std::string(e.what()).find("'conv1'"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace zsq::quantize
