#include "quantize/recipe.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace zsq::quantize {
namespace {

TEST(Recipe, HasEveryChoiceUnderTheNameOfItsOption) {
  Recipe recipe{.version = "9",
                .scheme = {.weight_bits = 4, .activation_bits = 6, .bits = parse_bits("fc=8,layer*=3/5")},
                .precision = {},
                .images = {"noise", R"({"seed": 7})"},
                .image_count = 12,
                .steps_kept = {"nearest rounding"}};
  const auto json = to_json(recipe);
  EXPECT_EQ(json.at("zsq"), "9");
  EXPECT_EQ(json.at("wbits"), 4);
  EXPECT_EQ(json.at("abits"), 6);
  EXPECT_EQ(json.at("bits"), "fc=8/8,layer*=3/5");
  EXPECT_EQ(parse_bits(json.at("bits").get<std::string>()), recipe.scheme.bits);
  EXPECT_EQ(json.at("rounding"), "learned") << "as below 6 bits where nothing is said";
  EXPECT_EQ(json.at("learner"), "straight-through");
  EXPECT_EQ(json.at("learning-steps"), 200);
  EXPECT_EQ(to_json(Recipe{}).at("rounding"), "second-order");
  EXPECT_EQ(json.at("image_options").at("seed"), 7);
  EXPECT_EQ(json.at("steps_kept").size(), 1U);
  EXPECT_TRUE(json.at("steps_undone").empty());
  EXPECT_FALSE(to_json(Recipe{}).contains("image_options"));
  const std::string text = to_text(recipe);
  for (const char* part : {"noise, 12", "W4A6 but fc=8/8,layer*=3/5", "rounding learned"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

}  // namespace
}  // namespace zsq::quantize
