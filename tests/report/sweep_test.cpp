#include "report/sweep.h"

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq::report {
namespace {

Sweep sweep() {
  return {"net",
          "set",
          92.0,
          {{"-", "as asked for", 0, true, "k0", 8, 75, 90, 20, 4, 8, "11111100", 1},
           {"method", "nearest", 0, true, "k1", 8, 62.5, 88, 18, 4, 8, "11111000", 1},
           {"granularity", "tensor", 0, false, "k2", 8, 37.5, 40, 3, 4, 8, "11100000", 1},
           {"seed", "seed 1", 0, false, "k3", 8, 75, 89, 20, 4, 8, "11111010", 1}}};
}

/// Its steps build on each other.
Sweep ablation() {
  return {"net",
          "set",
          92.0,
          {{"-", "no trick", 0, true, "k0", 8, 25, 30, 1, 8, 8, "11000000", 1},
           {"one more", "+ channels", 0, true, "k1", 8, 62.5, 80, 18, 8, 8, "11111000", 1},
           {"one more", "+ biases", 1, true, "k2", 8, 75, 90, 20, 8, 8, "11111100", 1},
           {"one less", "without biases", 2, true, "k1", 8, 62.5, 80, 18, 8, 8, "11111000", 1}}};
}

TEST(Sweep, DifferencesArePaired) {
  const SweepDifference d = difference(sweep().rows[0], sweep().rows[3]);
  EXPECT_EQ(d.points, 0);
  EXPECT_EQ(d.test.lost, 1);
  EXPECT_EQ(d.test.gained, 1);
  EXPECT_NEAR(d.half_width, 100 * 1.959964 * std::sqrt(2.0) / 8, 1e-9);
}

TEST(Sweep, NamesTheConfoundersThatMoveMoreThanMethods) {
  const std::string text = to_text(sweep());
  EXPECT_NE(
      text.find("The methods move agreement by up to 2.00 points. These confounders move it more: tensor."),
      std::string::npos)
      << text;
}

TEST(Sweep, AnAblationsRowsAreComparedWithTheOnesTheyChange) {
  const auto rows = to_json(ablation()).at("rows");
  EXPECT_EQ(rows[2].at("points"), 12.5);
  EXPECT_EQ(rows[3].at("points"), -12.5);
  const std::string text = to_text(ablation());
  EXPECT_NE(text.find("Most comes with + channels: +50.00 points of agreement. Most is lost by without "
                      "biases: -10.00."),
            std::string::npos)
      << text;
}

TEST(Sweep, IsReadAsItWasWritten) {
  for (const Sweep& written : {sweep(), ablation()}) {
    const std::string bytes = to_json(written).dump();
    EXPECT_EQ(to_json(sweep_from(bytes, "x")).dump(), bytes);
  }
  nlohmann::json ahead = to_json(ablation());
  ahead["rows"][1]["against"] = 2;
  EXPECT_THROW(sweep_from(ahead.dump(), "x"), Error);
  for (const char* broken :
       {"", "{}", "{\"zsq_sweep\":1}",
        "{\"zsq_sweep\":1,\"network\":\"a\",\"data\":\"b\",\"float_top1\":1,\"rows\":[3]}",
        "{\"zsq_sweep\":2,\"rows\":[]}"})
    EXPECT_THROW(sweep_from(broken, "x"), Error) << broken;
}

}  // namespace
}  // namespace zsq::report
