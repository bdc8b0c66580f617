#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// --config FILE and --print-config.
namespace zsq::e2e {
namespace {

using nlohmann::json;

json printed(const Folder& folder, std::vector<std::string> words) {
  words.push_back("--print-config");
  const Ended ended = folder.run(words);
  EXPECT_EQ(ended.code, 0) << ended.err;
  return json::parse(ended.out);
}

TEST(Config, IsOverruledByTheCommandLine) {
  const Folder folder;
  folder.write("c.json", R"({"wbits": 4, "rounding": "nearest", "force": true, "output": "a b.zsq"})");
  const json alone = printed(folder, {"quantize", "m.pt", "--config", "c.json"});
  EXPECT_EQ(alone.at("wbits"), 4);
  EXPECT_EQ(alone.at("abits"), 8);  // by default
  EXPECT_EQ(alone.at("rounding"), "nearest");
  EXPECT_EQ(alone.at("output"), "a b.zsq");
  EXPECT_EQ(alone.at("force"), true);
  EXPECT_EQ(alone.at("quiet"), false);
  EXPECT_FALSE(alone.contains("config"));
  EXPECT_FALSE(alone.contains("images"));  // neither given nor with a default
  const json both = printed(folder, {"quantize", "--wbits", "5", "--config", "c.json", "-o", "x.zsq"});
  EXPECT_EQ(both.at("wbits"), 5);
  EXPECT_EQ(both.at("output"), "x.zsq");
}

TEST(Config, ThatWasPrintedIsReadAgain) {
  const Folder folder;
  const json first = printed(folder, {"eval", "--device", "reference", "--mean", "0.5", "--data", "12"});
  folder.write("c.json", first.dump());
  EXPECT_EQ(printed(folder, {"eval", "--config", "c.json"}), first);
}

TEST(Config, IsTakenByACommand) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("plan.zsq", sample_plan());
  folder.write("c.json", R"({"images": 3, "json": true})");
  const Ended ended = folder.run({"verify", "plan.zsq", "--config", "c.json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(json::parse(ended.out).at("images"), 3);
}

TEST(Config, IsRefusedInOneSentence) {
  const Folder folder;
  const auto expect = [&](const std::string& text, const std::string& part) {
    folder.write("c.json", text);
    expect_refusal(folder, {"quantize", "m.pt", "--config", "c.json"}, 2, part);
  };
  expect(R"({"wbit": 4})", "c.json: zsq quantize has no option 'wbit'; did you mean 'wbits'?");
  expect(R"({"config": "d.json"})", "has no option 'config'");
  expect(R"({"force": 1})", "'force' must be true or false");
  expect(R"({"wbits": [4]})", "'wbits' must be a string or a number");
  expect(R"({"wbits": 9, "output": "x.zsq"})", "--wbits is '9'");
  expect(R"({"wbits": 4, "wbits": 5})", "c.json: has 'wbits' twice");
  expect("[1]", "is not a JSON object of options");
  expect("{", "is not a JSON object of options");
  expect_refusal(folder, {"quantize", "m.pt", "--config", "none.json"}, 2, "none.json");
}

}  // namespace
}  // namespace zsq::e2e
