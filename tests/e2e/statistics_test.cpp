#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/networks.h"
#include "tests/e2e/sample.h"

/// Batch norms' statistics that travel beside a model whose batch norms are folded.
namespace zsq::e2e {
namespace {

TEST(Statistics, AreWrittenAndNotOverwritten) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  EXPECT_EQ(folder.run({"inspect", sample_model(), "--write-stats", "s.safetensors", "--json"}).code, 0);
  EXPECT_FALSE(folder.read("s.safetensors").empty());
  expect_refusal(folder, {"inspect", sample_model(), "--write-stats", "s.safetensors"}, 5,
                 "is there already");
  folder.write("plan.zsq", sample_plan());
  expect_refusal(folder, {"inspect", "plan.zsq", "--write-stats", "t.safetensors"}, 2, "is a plan");
}

TEST(Statistics, WithNoiseNeedAWholeBudget) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("key", "secret");
  const std::vector<std::string> whole{
      "inspect", sample_model(),    "--write-stats", "s.safetensors",         "--json", "--privacy-epsilon",
      "1",       "--privacy-delta", "1e-5",          "--privacy-sensitivity", "0.01",   "--privacy-key-file",
      "key"};
  EXPECT_EQ(folder.run(whole).code, 0);
  EXPECT_NE(folder.read("s.safetensors").find("epsilon 1"), std::string::npos);
  expect_refusal(folder, {whole.begin(), whole.end() - 2}, 2, "--privacy-key-file is missing");
}

TEST(WrittenGraph, IsGivenToAStateDictAndNotOverwritten) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  EXPECT_EQ(folder.run({"inspect", sample_model(), "--write-graph", "net.json", "--json"}).code, 0);
  EXPECT_NE(folder.read("net.json").find("zsq-graph"), std::string::npos);
  expect_refusal(folder, {"inspect", sample_model(), "--write-graph", "net.json"}, 5, "is there already");
  expect_refusal(folder, {"inspect", sample_model(), "--arch", "net.json"}, 2, "is a whole network");
}

TEST(Statistics, LetImagesBeMadeOfAFoldedModel) {
  const Folder folder;
  write_network(folder / "kept.pt", {});
  write_network(folder / "folded.pt", {.norms = Network::Norms::folded});
  const std::vector<std::string> quantize{"quantize", "folded.pt", "-o",      "x.zsq", "--count", "4",
                                          "--steps",  "2",         "--input", "3x8x8", "--quiet"};
  EXPECT_EQ(folder.run(quantize).code, 4);
  EXPECT_NE(folder.run({"inspect", "folded.pt", "--input", "3x8x8"}).out.find("--write-stats"),
            std::string::npos);
  EXPECT_EQ(folder.run({"inspect", "kept.pt", "--input", "3x8x8", "--write-stats", "s.safetensors"}).code, 0);
  std::vector<std::string> words = quantize;
  words.insert(words.end(), {"--stats", "s.safetensors"});
  const Ended ended = folder.run(words);
  EXPECT_TRUE(ended.code == 0 || ended.code == 6) << ended.err;  // 6: two steps may be too few
  const auto facts = expect_facts(
      folder.run({"inspect", "folded.pt", "--input", "3x8x8", "--stats", "s.safetensors", "--json"}),
      {"batch_norms", "folded"});
  EXPECT_EQ(facts.at("batch_norms").size(), 2U);
  EXPECT_EQ(facts.at("folded"), false);
}

}  // namespace
}  // namespace zsq::e2e
