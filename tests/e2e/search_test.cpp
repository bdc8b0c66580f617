#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

using nlohmann::json;

bool has_no_solver(const Ended& ended) {
  return ended.code == 4 && ended.err.find("coinor-libcbc-dev") != std::string::npos;
}

TEST(Search, FindsWidthsThatTheQuantizerTakes) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string model = sample_model().string();
  const Ended ended = folder.run({"search", model, "--images", "noise", "--count", "8", "--average-bits", "5",
                                  "-o", "bits.json", "--json", "--quiet"});
  if (has_no_solver(ended)) GTEST_SKIP() << ended.err;
  const json facts = expect_facts(ended, {"model", "rows", "sensitivity_seconds", "program_seconds"});
  EXPECT_LE(facts.at("rows").at(0).at("average_bits"), 5);
  EXPECT_GT(facts.at("rows").at(0).at("average_bits"), 4);
  const Ended made = folder.run({"quantize", model, "--images", "noise", "--count", "8", "--bits",
                                 "bits.json", "--rounding", "nearest", "-o", "mixed.zsq", "--quiet"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_NE(made.out.find("found by search"), std::string::npos) << made.out;

  const Ended refused = folder.run({"search", model, "--images", "noise", "--count", "4", "--average-bits",
                                    "2", "-o", "other.json", "--quiet"});
  expect_refused(refused, 6, "the least that can be reached is");
}

TEST(Search, TakesLimitsOfEveryKindAtOnceAndTradesAlongOne) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::vector<std::string> words{"search",
                                       sample_model().string(),
                                       "--images",
                                       "noise",
                                       "--count",
                                       "8",
                                       "--weights",
                                       "4,8",
                                       "--max-size",
                                       "0.9x",
                                       "--max-bops",
                                       "0.9x",
                                       "--max-latency",
                                       "2x",
                                       "--max-memory",
                                       "100MB",
                                       "--max-drop",
                                       "100",
                                       "--pareto",
                                       "3",
                                       "-o",
                                       "b.json",
                                       "--json",
                                       "--quiet"};
  const std::string cache = "XDG_CACHE_HOME=" + (folder / "cache").string();
  const Ended ended = run_zsq(words, {.folder = folder.path(), .variables = {cache}});
  if (has_no_solver(ended)) GTEST_SKIP() << ended.err;
  const json facts = expect_facts(ended, {"rows"});
  const json &found = facts.at("rows").at(0), &widest = facts.at("rows").back();
  EXPECT_LE(found.at("size"), 0.9 * widest.at("size").get<double>());
  EXPECT_LE(found.at("bit_operations"), 0.9 * widest.at("bit_operations").get<double>());
  EXPECT_GT(found.at("measured_latency"), 0);
  EXPECT_EQ(facts.at("rows").at(1).at("name"), "point 1");
  EXPECT_TRUE(json::parse(folder.read("b.json")).contains("layers"));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "cache/zsq/latency")) << "what was timed is kept";
}

TEST(Search, SaysWhatItNeeds) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string model = sample_model().string();
  expect_refusal(folder, {"search", model, "-o", "bits.json"}, 2, "--average-bits");
  expect_refusal(folder, {"search", model, "-o", "bits.json", "--average-bits", "4", "--weights", "4,9"}, 2,
                 "9");
  expect_refusal(folder, {"search", model, "-o", "bits.json", "--max-size", "3 tons"}, 2, "3MB or 0.8x");
  folder.write("bits.json", R"({"layers": {"convv1": {"weights": 4, "activations": 8}}})");
  expect_refusal(folder, {"quantize", model, "--images", "noise", "--bits", "bits.json", "-o", "x.zsq"}, 2,
                 "no layer is called 'convv1'");
}

}  // namespace
}  // namespace zsq::e2e
