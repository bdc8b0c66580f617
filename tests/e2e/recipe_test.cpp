// --recipe NAME: a named list of the quantizer's steps, and its ablation.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

using nlohmann::json;

json config_of(const Folder& folder, std::vector<std::string> words) {
  words.insert(words.begin(), {"quantize", "m.pt", "--recipe", "guideline", "--print-config"});
  const Ended ended = folder.run(words);
  EXPECT_EQ(ended.code, 0) << ended.err;
  return json::parse(ended.out);
}

TEST(Recipe, IsPrintedWithItsReasons) {
  const Folder folder;
  const Ended ended = folder.run({"help", "recipe"});
  EXPECT_EQ(ended.code, 0);
  for (const char* part : {"guideline 1", "5. equalization: --equalization depthwise\n    activations have"})
    EXPECT_NE(ended.out.find(part), std::string::npos) << ended.out;
}

TEST(Recipe, GivesWayToWhatIsGiven) {
  const Folder folder;
  folder.write("c.json", R"({"equalization": "none", "granularity": "tensor"})");
  EXPECT_EQ(config_of(folder, {}).at("rounding"), "auto");
  EXPECT_EQ(config_of(folder, {"--rounding", "nearest"}).at("rounding"), "nearest");
  const json from_file = config_of(folder, {"--config", "c.json", "--granularity=channel"});
  EXPECT_EQ(from_file.at("equalization"), "none");
  EXPECT_EQ(from_file.at("granularity"), "channel");
  EXPECT_EQ(from_file.at("bias-correction"), "empirical");
}

TEST(Recipe, IsAMistakeWhereItHasNoStepsOrNoFile) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  expect_refusal(folder, {"synth", sample_model(), "-o", "d", "--recipe", "guideline"}, 2,
                 "is of steps that zsq quantize takes, and zsq synth takes none of them");
  expect_refusal(folder, {"quantize", sample_model(), "-o", "m.zsq", "--recipe", "guidelines"}, 2,
                 "recipes that have a name: guideline");
  expect_refusal(folder, {"sweep", sample_model(), "--data", "s", "--ablate", "x"}, 2,
                 "--ablate is 'x', it must be a recipe");
}

TEST(Recipe, IsOnTheCardAndMakesItsPlanAgain) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  expect_facts(folder.run({"quantize", sample_model(), "-o", "m.zsq", "--images", "noise", "--count", "8",
                           "--recipe", "guideline", "--json", "--quiet"}),
               {"file_bytes"});
  const json card = json::parse(folder.read("m.card.json"));
  EXPECT_EQ(card.at("facts").at("run").at("recipe"), "guideline 1");
  EXPECT_EQ(folder.run({"reproduce", "m.card.json", "--quiet"}).code, 0);
}

TEST(Recipe, IsAblatedStepByStep) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_labelled(folder, "set", 1);
  const json sweep =
      expect_facts(folder.run({"sweep", sample_model(), "--data", "set", "--images", "noise", "--count", "4",
                               "--wbits", "8", "--ablate", "guideline", "--json", "--quiet"}),
                   {"rows"});
  const json& rows = sweep.at("rows");
  ASSERT_EQ(rows.size(), 1U + 9 + 7);  // none; each trick; each option left out
  for (std::size_t i = 1; i < 10; ++i) EXPECT_EQ(rows[i].at("against"), i - 1);
  for (std::size_t i = 10; i < rows.size(); ++i) EXPECT_EQ(rows[i].at("against"), 9);
  EXPECT_LT(rows[0].at("sqnr_db"), rows[9].at("sqnr_db"));
}

}  // namespace
}  // namespace zsq::e2e
