#include "synth/options.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "graph/check.h"

namespace zsq::synth {
namespace {

std::string refusal(const std::string& recipe) {
  try {
    with_recipe({}, recipe, "r.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::usage);
    return error.what();
  }
  return "taken";
}

TEST(Recipe, ComesBackAsItWasWritten) {
  Options options = default_options({1, 3, 224, 224});
  options.seed = 18446744073709551615U;
  options.distance = bnstats::Distance::kl;
  options.flip = false;
  options.weights.image_prior = 0.25;
  const std::string text = to_json(options).dump();
  EXPECT_EQ(to_json(with_recipe({}, text, "")).dump(), text);
}

TEST(Recipe, MayBeAPart) {
  const Options options = with_recipe({}, R"({"steps": 7, "weights": {"colour": 2}})", "");
  EXPECT_EQ(options.steps, 7);
  EXPECT_EQ(options.weights.colour, 2);
  EXPECT_EQ(options.weights.norms, Options().weights.norms);
}

TEST(Recipe, IsRefusedByNameWhereItIsNone) {
  EXPECT_NE(refusal(R"({"stepz": 7})").find("'steps'"), std::string::npos) << refusal(R"({"stepz": 7})");
  EXPECT_NE(refusal(R"({"weights": {"color": 7}})").find("'colour'"), std::string::npos);
  for (const char* bad :
       {"[]", "{", "", R"({"steps": "7"})", R"({"steps": 0})", R"({"steps": 1.5})", R"({"seed": -1})",
        R"({"steps": 1e9})", R"({"flip": 1})", R"({"distance": "far"})", R"({"weights": 1})",
        R"({"weights": {"norms": -1}})", R"({"steps": 1, "steps": 1})", R"({"steps": 1e999})"})
    EXPECT_EQ(refusal(bad).rfind("r.json: ", 0), 0U) << bad << " gives " << refusal(bad);
}

}  // namespace
}  // namespace zsq::synth
