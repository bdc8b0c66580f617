#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// What `zsq eval` tells with labels and without, of one network and of two.
namespace zsq::e2e {
namespace {

using nlohmann::json;

class Evaluation : public testing::Test {
 protected:
  void SetUp() override {
    ZSQ_NEED_SAMPLE();
    folder_.write("net.zsq", sample_plan());
    write_labelled(folder_, "set", 2);
    for (unsigned i = 0; i < 5; ++i)
      folder_.write("plain/" + std::to_string(i) + ".ppm", ppm(sample().height, sample().width, i));
  }

  json facts(std::vector<std::string> words, const std::vector<std::string>& keys) const {
    words.insert(words.begin(), "eval");
    words.insert(words.end(), {"--json", "--quiet"});
    return expect_facts(folder_.run(words), keys);
  }

  const Folder folder_;
};

TEST_F(Evaluation, WithoutLabelsTellsAgreementAlone) {
  const json plain = facts({"net.zsq", "--float", sample_model(), "--images", "plain"},
                           {"images", "agreement", "sqnr_db", "device", "seconds"});
  EXPECT_EQ(plain.at("images"), 5);
  for (const char* key : {"top1", "float_top1", "lost", "gained", "confidence95"})
    EXPECT_FALSE(plain.contains(key)) << key;
  const Ended text = folder_.run({"eval", "net.zsq", "--float", sample_model(), "--images", "plain"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("agreement %"), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("top-1"), std::string::npos) << text.out;
}

TEST_F(Evaluation, LabelsChangeNothingOfTheAgreement) {
  const json with = facts({"net.zsq", "--float", sample_model(), "--data", "set"}, {"top1"});
  const json without = facts({"net.zsq", "--float", sample_model(), "--images", "set"}, {"agreement"});
  EXPECT_EQ(with.at("agreement"), without.at("agreement"));
  EXPECT_EQ(with.at("sqnr_db"), without.at("sqnr_db"));
}

TEST_F(Evaluation, NeedsSomethingToCompareWith) {
  expect_refusal(folder_, {"eval", "net.zsq", "--images", "plain"}, 2, "--float MODEL");
  expect_refusal(folder_, {"eval", sample_model(), "--images", "plain"}, 2, "--data SET");
  expect_refusal(folder_, {"eval", "net.zsq", "--float", sample_model()}, 2, "--images DIR");
  expect_refusal(folder_, {"eval", "net.zsq", "--data", "set", "--images", "plain"}, 2, "both given");
  expect_refusal(folder_, {"eval", "net.zsq", "--float", sample_model(), "--images", "plain", "--top", "2"},
                 2, "--top needs labels");
  expect_refusal(folder_, {"eval", "net.zsq", "--float", sample_model(), "--data", "plain"}, 5, "--images");
  expect_refusal(folder_, {"eval", "net.zsq", "--data", "set", "--top", "1000"}, 2, "--top");
}

TEST_F(Evaluation, RefusesImagesThatAreNoPictures) {
  EXPECT_EQ(folder_.run({"synth", sample_model(), "-o", "made", "--count", "4", "--steps", "1"}).code, 0);
  expect_refusal(folder_, {"eval", "net.zsq", "--float", sample_model(), "--images", "made"}, 5, "zsq synth");
}

TEST_F(Evaluation, AllClassesAreAlwaysEnough) {
  const std::string all = std::to_string(sample().classes);
  const json both = facts({"net.zsq", "--float", sample_model(), "--data", "set", "--top", all}, {"top"});
  EXPECT_EQ(both.at("top"), (json{{"n", sample().classes}, {"accuracy", 100.0}, {"float_accuracy", 100.0}}));
  const json first = facts({"net.zsq", "--data", "set", "--top", "1"}, {"top", "top1"});
  EXPECT_EQ(first.at("top").at("accuracy"), first.at("top1"));
  EXPECT_FALSE(first.at("top").contains("float_accuracy"));
  const Ended text =
      folder_.run({"eval", "net.zsq", "--float", sample_model(), "--data", "set", "--top", "3"});
  EXPECT_NE(text.out.find("top-3 %"), std::string::npos) << text.out << text.err;
}

TEST_F(Evaluation, ClassesAddUpToTheWhole) {
  const json both =
      facts({"net.zsq", "--float", sample_model(), "--data", "set", "--per-class"}, {"per_class"});
  std::int64_t images = 0, lost = 0, gained = 0;
  double right = 0;
  for (const json& c : both.at("per_class")) {
    images += c.at("images").get<std::int64_t>();
    lost += c.at("lost").get<std::int64_t>();
    gained += c.at("gained").get<std::int64_t>();
    right += c.at("top1").get<double>() * c.at("images").get<double>();
  }
  EXPECT_EQ(images, both.at("images"));
  EXPECT_EQ(lost, both.at("lost"));
  EXPECT_EQ(gained, both.at("gained"));
  EXPECT_NEAR(right / both.at("images").get<double>(), both.at("top1"), 1e-9);
  const Ended alone = folder_.run({"eval", "net.zsq", "--data", "set", "--per-class"});
  EXPECT_NE(alone.out.find("integer %"), std::string::npos) << alone.out << alone.err;
  EXPECT_EQ(alone.out.find("float %"), std::string::npos) << alone.out;
}

}  // namespace
}  // namespace zsq::e2e
