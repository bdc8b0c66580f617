#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

TEST(DryRun, SaysWhatItWouldCostAndWritesNothing) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::vector<std::string> words{"quantize", sample_model(), "-o",        "x.zsq", "--dry-run",
                                       "--steps",  "50",           "--threads", "1"};
  const Ended text = folder.run(words);
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("an estimate"), std::string::npos) << text.out;
  std::vector<std::string> as_json = words;
  as_json.push_back("--json");
  const auto facts = nlohmann::json::parse(folder.run(as_json).out);
  EXPECT_EQ(facts.at("synthesis_steps"), 4 * 50);  // 256 images by 64
  EXPECT_EQ(facts.at("timed_steps"), 4);
  EXPECT_GT(facts.at("synthesis_seconds"), 0);
  EXPECT_GT(facts.at("peak_rss_mb"), 50);
  EXPECT_GT(facts.at("quantization_seconds"), 0);
  EXPECT_TRUE(folder.content().empty());
}

/// A hundred times the steps of learning count for more than the images.
TEST(DryRun, CountsTheStepsOfLearning) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const auto seconds = [&](const char* steps) {
    const Ended ended =
        folder.run({"quantize", sample_model(), "-o", "x.zsq", "--dry-run", "--images", "noise", "--count",
                    "8", "--wbits", "4", "--learning-steps", steps, "--json", "--quiet"});
    return nlohmann::json::parse(ended.out).at("quantization_seconds").get<double>();
  };
  EXPECT_GT(seconds("20000"), seconds("1"));
}

}  // namespace
}  // namespace zsq::e2e
