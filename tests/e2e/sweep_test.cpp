// zsq sweep: a table of one change at a time, and that it goes on where it ended.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

using nlohmann::json;

TEST(Sweep, GoesOnWhereItEnded) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_labelled(folder, "set", 1);
  const std::vector<std::string> words{"sweep", sample_model(), "--data",  "set",     "--images",
                                       "noise", "--rounding",   "nearest", "--count", "4",
                                       "-o",    "s.json",       "--json",  "--quiet"};
  const json sweep = expect_facts(folder.run(words), {"rows", "float_top1", "network"});
  ASSERT_GT(sweep.at("rows").size(), 10U);
  json half = sweep;
  half["rows"].erase(half["rows"].begin() + 3, half["rows"].end());
  half["rows"][1]["agreement"] = 12.5;  // as a mark that it is not run again
  folder.write("s.json", half.dump());
  const json again = expect_facts(folder.run(words), {"rows"});
  EXPECT_EQ(again.at("rows")[1].at("agreement"), 12.5);
  for (std::size_t i = 2; i < sweep.at("rows").size(); ++i)
    EXPECT_EQ(again.at("rows")[i].at("right"), sweep.at("rows")[i].at("right")) << i;
  folder.write("s.json", "precious");
  expect_refusal(folder, words, 5, "is no sweep of this zsq");
  expect_refusal(folder, {"sweep", sample_model(), "--quiet"}, 2, "--data SET is needed");
}

}  // namespace
}  // namespace zsq::e2e
