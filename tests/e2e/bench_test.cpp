#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"

namespace zsq::e2e {
namespace {

using nlohmann::json;

TEST(Bench, MakesAPlanOfABuiltInArchitecture) {
  const Folder folder;
  const std::vector<std::string> words{"bench",   "--arch",  "resnet18", "--weights", "random",
                                       "--input", "3x64x64", "--bits",   "fc=4",      "--rounds",
                                       "1",       "--json",  "--output", "r18.zsq"};
  const Ended made = folder.run(words);
  ASSERT_EQ(made.code, 0) << made.err;
  const json facts = json::parse(made.out);
  EXPECT_GT(facts.at("layers").size(), 20U);
  EXPECT_NE(facts.at("layers").at(1).at("implementation"), "");
  EXPECT_EQ(folder.run({"verify", "r18.zsq"}).code, 0);
  EXPECT_EQ(folder.run({"bench", "r18.zsq", "--rounds", "1"}).code, 0);
  expect_refusal(folder, words, 5, "r18.zsq");  // is there already
}

TEST(Bench, RefusesWhatItCannotMake) {
  const Folder folder;
  expect_refusal(folder, {"bench", "--arch", "resnet19"}, 2, "no built-in architecture is called 'resnet19'");
  expect_refusal(folder, {"bench", "--arch", "resnet18", "--weights", "ones"}, 2, "--weights is 'ones'");
  expect_refusal(folder, {"bench", "x.zsq", "--arch", "resnet18"}, 2, "one of the two");
  expect_refusal(folder, {"bench", "--arch", "resnet18", "--input", "1x64x64"}, 3, "3 channels");
  expect_refusal(folder, {"bench"}, 2, "PLAN");
}

}  // namespace
}  // namespace zsq::e2e
