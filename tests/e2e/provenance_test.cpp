// A plan knows where it comes from, and images know which network they were made of.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

class Provenance : public testing::Test {
 protected:
  void SetUp() override {
    ZSQ_NEED_SAMPLE();
    folder_.write("plan.zsq", sample_plan());
    folder_.write("set/0/a.ppm", ppm(sample().height, sample().width, 1));
    folder_.write("set/1/b.ppm", ppm(sample().height, sample().width, 2));
  }

  std::string other() const { return sample_model().parent_path() / "shapes_mobilenet.pt"; }

  Folder folder_;
};

TEST_F(Provenance, AnotherFloatNetworkIsRefused) {
  const std::vector<std::string> words{"eval", "plan.zsq", "--float", other(), "--data", "set", "--quiet"};
  expect_refusal(folder_, words, 5, "are not those that plan.zsq was made from (shapes_resnet.pt)");
  auto forced = words;
  forced.emplace_back("--force");
  EXPECT_EQ(folder_.run(forced).code, 0);
  auto right = words;
  right[3] = sample_model();
  EXPECT_EQ(folder_.run(right).code, 0);
}

TEST_F(Provenance, InspectTellsIt) {
  const Ended ended = folder_.run({"inspect", "plan.zsq", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto facts = nlohmann::json::parse(ended.out);
  EXPECT_EQ(facts.at("recipe").at("model").at("file"), "shapes_resnet.pt");
  EXPECT_EQ(facts.at("recipe").at("model").at("weights_sha256").get<std::string>().size(), 64U);
  EXPECT_EQ(facts.at("recipe").at("images_sha256").get<std::string>().size(), 64U);
  EXPECT_EQ(facts.at("image"), (std::vector<int>{sample().channels, sample().height, sample().width}));
  const auto& steps = facts.at("steps");
  EXPECT_EQ(steps[0].at("step"), "pixels");
  EXPECT_EQ(steps.back().at("step"), "wide_conv2d");
  EXPECT_EQ(steps.back().at("bits"), 32);
  EXPECT_GT(steps.back().at("accumulator_bound"), 0);
  const std::string text = folder_.run({"inspect", "plan.zsq"}).out;
  EXPECT_NE(text.find("shapes_resnet.pt, weights "), std::string::npos) << text;
  EXPECT_NE(text.find("next: zsq verify plan.zsq"), std::string::npos) << text;
  expect_refusal(folder_, {"inspect", "plan.zsq", "--input", "3x8x8"}, 2, "--input is about a model");
}

TEST_F(Provenance, TheSameNetworkUnderAnotherNameIsNot) {
  folder_.write("renamed.pt", read_bytes(sample_model()));
  folder_.write("renamed.json", read_bytes(std::filesystem::path(sample_model()).replace_extension(".json")));
  EXPECT_EQ(folder_.run({"eval", "plan.zsq", "--float", "renamed.pt", "--data", "set", "--quiet"}).code, 0);
}

TEST_F(Provenance, OneSideAloneHasNoPreprocessingOfItsOwn) {
  expect_refusal(
      folder_,
      {"eval", "plan.zsq", "--float", sample_model(), "--data", "set", "--mean", "0.1", "--std", "0.3"}, 5,
      "another mean, deviation or channel order than the plan");
  expect_refusal(folder_, {"eval", "plan.zsq", "--data", "set", "--mean", "0.1", "--std", "0.3"}, 2,
                 "is about a float network");
}

TEST_F(Provenance, ImagesOfAnotherNetworkAreRefused) {
  ASSERT_EQ(folder_.run({"synth", other(), "-o", "images", "--count", "4", "--steps", "1", "--quiet"}).signal,
            0);
  const std::vector<std::string> words{"quantize", sample_model(), "--images", "images",
                                       "-o",       "x.zsq",        "--quiet"};
  expect_refusal(folder_, words, 5, "its images were made from the network 'shapes_mobilenet'");
  auto forced = words;
  forced.emplace_back("--force");
  EXPECT_EQ(folder_.run(forced).code, 0);
}

}  // namespace
}  // namespace zsq::e2e
