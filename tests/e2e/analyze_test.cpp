// zsq analyze: its figures beside what other commands say of the same plan on the same images.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

using nlohmann::json;

class Analyze : public testing::Test {
 protected:
  void SetUp() override {
    ZSQ_NEED_SAMPLE();
    folder_.write("plan.zsq", sample_plan());
    for (unsigned i = 0; i < 6; ++i)
      folder_.write("set/" + std::to_string(i) + ".ppm", ppm(sample().height, sample().width, i));
  }

  Folder folder_;
};

TEST_F(Analyze, EndsWhereEvalDoes) {
  const Ended ended = folder_.run(
      {"analyze", sample_model(), "plan.zsq", "--images", "set", "--json", "--quiet", "-o", "study.json"});
  const json study = expect_facts(ended, {"layers", "end", "advice", "seconds", "peak_rss_mb"});
  EXPECT_EQ(json::parse(folder_.read("study.json")), study);
  const json eval = expect_facts(
      folder_.run({"eval", "plan.zsq", "--float", sample_model(), "--images", "set", "--json", "--quiet"}),
      {"sqnr_db", "agreement"});
  EXPECT_NEAR(study.at("end").at("sqnr_db"), eval.at("sqnr_db"), 1e-3);
  EXPECT_EQ(study.at("end").at("agreement"), eval.at("agreement"));
  const json& layers = study.at("layers");
  EXPECT_NEAR(layers.back().at("accumulated_db"), study.at("end").at("sqnr_db"), 1e-9);
  EXPECT_EQ(layers[1].at("alone_db"), layers[1].at("accumulated_db")) << "before it are pixels alone";
  EXPECT_GE(study.at("end").at("divergence"), 0);
  double share = 0;
  for (const json& layer : layers) {
    share += layer.at("noise_share").get<double>();
    std::int64_t counted = 0;
    for (const json& bin : layer.at("histogram").at("counts")) counted += bin.get<std::int64_t>();
    EXPECT_GT(counted, 0) << layer.at("name");
    EXPECT_GT(layer.at("alone_db"), 20) << layer.at("name");
  }
  EXPECT_NEAR(share, 100, 1e-6);
}

/// Weights of an equalized network are compared with weights that are equalized too.
TEST_F(Analyze, KnowsWhatEqualizationHasMultiplied) {
  const std::string model = sample_model().parent_path() / "shapes_mobilenet.pt";
  // Of three images none is held back, so nothing is undone.
  const Ended made = folder_.run({"quantize", model, "--images", "noise", "--count", "3", "--rounding",
                                  "nearest", "-o", "m.zsq", "--quiet", "--json"});
  ASSERT_EQ(made.code, 0) << made.err;
  ASSERT_EQ(json::parse(made.out).at("steps").back().at("name"), "equalization");
  const json study = expect_facts(
      folder_.run({"analyze", model, "m.zsq", "--images", "noise", "--count", "8", "--json", "--quiet"}),
      {"layers"});
  bool any = false;
  for (const json& layer : study.at("layers")) {
    EXPECT_GT(layer.value("weight_sqnr_db", 100.0), 35) << layer.at("name");
    EXPECT_GT(layer.at("alone_db"), 25) << layer.at("name");
    any = any || layer.at("activations") != layer.at("activations_equalized");
  }
  EXPECT_TRUE(any);
}

TEST_F(Analyze, MakesAPlanWhereNoneIsGiven) {
  const Ended ended = folder_.run({"analyze", sample_model(), "--images", "noise", "--count", "8", "--wbits",
                                   "4", "--rounding", "nearest", "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("zsq quantize"), std::string::npos)
      << "4 bits give cause for advice: " << ended.out;
}

TEST_F(Analyze, RefusesWhatDoesNotBelongTogether) {
  const std::string other = sample_model().parent_path() / "shapes_mobilenet.pt";
  expect_refusal(folder_, {"analyze", other, "plan.zsq", "--images", "set", "--quiet"}, 5,
                 "are not those that plan.zsq was made from");
  expect_refusal(folder_,
                 {"analyze", sample_model(), "plan.zsq", "--images", "set", "--wbits", "4", "--quiet"}, 2,
                 "is made already");
  expect_refusal(folder_, {"analyze", "--quiet"}, 2, "zsq analyze takes a model");
  folder_.write("study.json", "precious");
  expect_refusal(folder_, {"analyze", sample_model(), "-o", "study.json", "--quiet"}, 5,
                 "--force replaces it");
}

}  // namespace
}  // namespace zsq::e2e
