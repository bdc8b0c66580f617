#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

TEST(Help, OfEachCommandHasAnExample) {
  const Folder folder;
  for (const std::string command :
       {"inspect", "synth", "quantize", "eval", "run", "verify", "compare", "doctor", "completion", "man",
        "analyze", "sweep", "reproduce", "card", "compare-cards"}) {
    const Ended ended = folder.run({command, "--help"});
    EXPECT_EQ(ended.code, 0) << command;
    EXPECT_EQ(ended.err, "") << command;
    EXPECT_NE(ended.out.find("Example:\n  zsq " + command), std::string::npos) << ended.out;
    EXPECT_EQ(folder.run({"help", command}).out, ended.out);
  }
}

TEST(Help, NamesEachCommand) {
  const Folder folder;
  const Ended ended = folder.run({"--help"});
  EXPECT_EQ(ended.code, 0);
  for (const std::string command :
       {"inspect", "synth", "quantize", "eval", "run", "verify", "compare", "doctor", "completion", "man",
        "analyze", "reproduce", "card", "compare-cards"})
    EXPECT_NE(ended.out.find("\n  " + command + " "), std::string::npos) << command;
  for (const char* other : {"\n  help ", "\n  --version "})
    EXPECT_NE(ended.out.find(other), std::string::npos) << ended.out;
  EXPECT_EQ(folder.run({"help"}).out, ended.out);
}

TEST(Help, Version) {
  const Folder folder;
  const Ended ended = folder.run({"--version"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_TRUE(ended.out.starts_with("zsq ")) << ended.out;
}

TEST(Doctor, FindsNothingWrong) {
  const Folder folder;
  const Ended ended = folder.run({"doctor", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto facts = nlohmann::json::parse(ended.out);
  EXPECT_EQ(facts.at("self_test_mismatches"), 0);
  for (const char* key :
       {"zsq", "cores", "memory_gb", "instruction_sets", "cpu_paths", "libtorch", "opencv", "cuda"})
    EXPECT_TRUE(facts.contains(key)) << key;
}

}  // namespace
}  // namespace zsq::e2e
