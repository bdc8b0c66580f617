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
  EXPECT_TRUE(folder.content().empty());
}

}  // namespace
}  // namespace zsq::e2e
