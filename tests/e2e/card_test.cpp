// Quantization cards: written, compared, ranked, and a plan made again from one.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

using nlohmann::json;

/// The folder with two plans that differ in their rounding and one of other widths.
class Cards : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (sample_model().empty()) return;
    made_ = new Folder;
    for (const auto& [name, option, value] :
         {std::tuple("a", "--rounding", "nearest"), std::tuple("b", "--rounding", "second-order"),
          std::tuple("c", "--wbits", "6")}) {
      const Ended ended = made_->run({"quantize", sample_model(), "--images", "noise", "--count", "8", "-o",
                                      std::string(name) + ".zsq", "--quiet", option, value});
      EXPECT_EQ(ended.code, 0) << ended.err;
    }
  }
  static void TearDownTestSuite() {
    delete made_;
    made_ = nullptr;
  }
  void SetUp() override {
    ZSQ_NEED_SAMPLE();
    for (const auto& [name, bytes] : made_->content()) folder_.write(name, bytes);
  }

  json facts(const std::string& card) const { return json::parse(folder_.read(card)).at("facts"); }
  static inline Folder* made_ = nullptr;
  Folder folder_;
};

TEST_F(Cards, SayWhatDecidedAPlan) {
  const json card = facts("a.card.json");
  for (const char* section :
       {"run", "network", "vocabulary", "data", "weights", "activations", "layers", "arithmetic",
        "preparation", "training", "execution", "cost", "machine", "plan"})
    EXPECT_TRUE(card.contains(section)) << section;
  EXPECT_EQ(card.at("weights").at("rounding"), "nearest");
  EXPECT_EQ(card.at("data").at("kind"), "noise");
  EXPECT_EQ(card.at("vocabulary").at("zero_shot"), "level 1");
  EXPECT_GT(card.at("preparation").at("float_sqnr_db"), 80);
  EXPECT_GT(card.at("arithmetic").at("largest_accumulator"), 0);
  EXPECT_EQ(facts("c.card.json").at("weights").at("average_bits"), 6);
  EXPECT_NE(folder_.read("a.card.md").find("| rounding | nearest |"), std::string::npos);
  EXPECT_NE(folder_.run({"card", "a.card.json"}).out.find("rounding          nearest"), std::string::npos);
}

TEST_F(Cards, DifferByWhatConfoundsAndWhatDoesNot) {
  const json same = json::parse(folder_.run({"card", "diff", "a.card.json", "b.card.json", "--json"}).out);
  EXPECT_EQ(same.at("may_be_ranked"), true) << same;
  const Ended other = folder_.run({"card", "diff", "a.card.json", "c.card.json"});
  EXPECT_NE(other.out.find("differences confound"), std::string::npos) << other.out;
}

TEST_F(Cards, AreRankedWhereTheyMayBe) {
  write_labelled(folder_, "set", 2);
  for (const std::string name : {"a", "b", "c"}) {
    const Ended ended =
        folder_.run({"eval", name + ".zsq", "--data", "set", "--card", name + ".json", "--quiet"});
    EXPECT_EQ(ended.code, 0) << ended.err;
  }
  const Ended two = folder_.run({"compare-cards", "a.json", "b.json", "--strict", "--json"});
  const json ranking = expect_facts(two, {"groups", "may_be_ranked"});
  EXPECT_TRUE(ranking.at("groups").at(0).at("cards").at(1).contains("p"));
  EXPECT_EQ(folder_.run({"compare-cards", "a.json", "c.json"}).code, 0);
  EXPECT_EQ(folder_.run({"compare-cards", "a.json", "c.json", "--strict"}).code, 6);
  expect_refusal(folder_, {"compare-cards", "a.json", "b.card.json"}, 5, "says no accuracy");
  expect_refusal(folder_, {"eval", "a.zsq", "--data", "set", "--card", "a.json"}, 5, "--force replaces it");
  expect_refusal(folder_, {"eval", "a.zsq", "--data", "set", "--card", "new.txt"}, 2, "must end in .json");
}

TEST_F(Cards, MakeTheirPlanAgain) {
  const Ended ended = folder_.run({"reproduce", "b.card.json", "-o", "again.zsq", "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(folder_.read("again.zsq") == folder_.read("b.zsq"));
  const std::string other = sample_model().parent_path() / "shapes_mobilenet.pt";
  expect_refusal(folder_, {"reproduce", "b.card.json", "--model", other, "--quiet"}, 5,
                 "is not the network of");
}

TEST_F(Cards, ThatAreDamagedOrOldAreRefused) {
  std::string card = folder_.read("a.card.json");
  folder_.write("half.json", card.substr(0, card.size() / 2));
  expect_refusal(folder_, {"card", "half.json"}, 5, "is no quantization card");
  expect_refusal(folder_, {"card", "a.zsq"}, 5, "is no quantization card");
  expect_refusal(folder_, {"reproduce", "missing.json"}, 5, "missing.json");
  card.replace(card.find("nearest"), 7, "learned");
  folder_.write("changed.json", card);
  expect_refusal(folder_, {"reproduce", "changed.json"}, 5, "its checksum differs");
  const std::string version = "\"zsq_card\": 1";
  card.replace(card.find(version), version.size(), "\"zsq_card\": 0");
  folder_.write("old.json", card);
  expect_refusal(folder_, {"card", "diff", "a.card.json", "old.json"}, 5, "is a card of version 0");
  expect_refusal(folder_, {"card", "diff", "a.card.json"}, 2, "zsq card diff A.json B.json");
}

TEST_F(Cards, AreWrittenBesideATextThatCounts) {
  const Ended ended = folder_.run({"quantize", sample_model(), "--images", "noise", "--count", "4",
                                   "--rounding", "nearest", "-o", "one.zsq", "--quiet"});
  EXPECT_NE(ended.out.find("of the outputs of 1 image held back"), std::string::npos) << ended.out;
}

TEST_F(Cards, AreNotReplacedUnlessForced) {
  folder_.write("d.card.md", "precious");
  const std::vector<std::string> words{"quantize", sample_model(), "--images", "noise", "--count",
                                       "4",        "--quiet",      "-o",       "d.zsq"};
  expect_refusal(folder_, words, 5, "d.card.md: is there already");
}

TEST_F(Cards, OfAPlanThatTookNoImagesMakeItAgain) {
  const Ended made = folder_.run({"quantize", sample_model(), "--effort", "instant", "--count", "8", "-o",
                                  "instant.zsq", "--json", "--quiet"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(json::parse(made.out).at("images"), "statistics");
  const Ended ended = folder_.run({"reproduce", "instant.card.json", "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST(Terms, AreExplained) {
  const Folder folder;
  const Ended ended = folder.run({"help", "terms"});
  EXPECT_EQ(ended.code, 0);
  for (const char* word : {"uniform", "dyadic", "zero-shot level 2", "PTQ", "confounder"})
    EXPECT_NE(ended.out.find("\n" + std::string(word) + "\n"), std::string::npos) << word;
}

}  // namespace
}  // namespace zsq::e2e
