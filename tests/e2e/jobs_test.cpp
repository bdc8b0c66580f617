#include <csignal>

#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// zsq jobs: several calls of the program from one file.
namespace zsq::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json two_jobs() {
  return {{"output", "out"},
          {"models", {sample_model().string()}},
          {"settings",
           {{{"name", "a"}, {"synth", {{"recipe", "r.json"}}}, {"quantize", {{"rounding", "nearest"}}}},
            {{"name", "b"},
             {"synth", {{"recipe", "r.json"}, {"seed", 1}}},
             {"quantize", {{"rounding", "nearest"}}}}}},
          {"retries", 0}};
}

void write_jobs(const Folder& folder, const json& jobs) {
  folder.write("jobs.json", jobs.dump());
  folder.write("r.json", R"({"count": 8, "batch": 4, "steps": 30})");
}

TEST(Jobs, AreDoneOnceAndInParts) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_jobs(folder, two_jobs());
  const Ended part = folder.run({"jobs", "jobs.json", "--only", "1/2"});
  ASSERT_EQ(part.code, 0) << part.err;
  const std::string b = folder.read("out/shapes_resnet/b/plan.zsq");
  EXPECT_FALSE(fs::exists(folder / "out/shapes_resnet/a"));
  ASSERT_EQ(folder.run({"jobs", "jobs.json", "--quiet"}).code, 0);
  const auto written = fs::last_write_time(folder / "out/shapes_resnet/b/plan.zsq");
  const Ended again = folder.run({"jobs", "jobs.json", "--json"});
  EXPECT_EQ(again.err, "");  // nothing was left to do
  EXPECT_EQ(json::parse(again.out)["jobs"][1]["state"], "done");
  EXPECT_EQ(fs::last_write_time(folder / "out/shapes_resnet/b/plan.zsq"), written);
  EXPECT_EQ(folder.read("out/shapes_resnet/b/plan.zsq"), b);

  json changed = two_jobs();
  changed["settings"][1]["quantize"]["wbits"] = 7;
  write_jobs(folder, changed);
  EXPECT_EQ(folder.run({"jobs", "jobs.json"}).err, "shapes_resnet/b: quantize\n");
  EXPECT_NE(folder.read("out/shapes_resnet/b/plan.zsq"), b);
}

TEST(Jobs, CarryOnAfterAKill) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_jobs(folder, two_jobs());
  const Ended killed =
      run_zsq({"jobs", "jobs.json"},
              {.folder = folder.path(), .killed = [&] {
                 return fs::exists(folder / "out/shapes_resnet/a/images/checkpoints/batch-0.safetensors");
               }});
  EXPECT_EQ(killed.signal, SIGKILL);
  ASSERT_EQ(folder.run({"jobs", "jobs.json", "--quiet"}).code, 0);
  const Folder other;
  write_jobs(other, two_jobs());
  ASSERT_EQ(other.run({"jobs", "jobs.json", "--quiet", "--only", "0/2"}).code, 0);
  const std::string images = "out/shapes_resnet/a/images/images.safetensors";
  EXPECT_EQ(folder.read(images), other.read(images));
}

TEST(Jobs, OneThatFailsDoesNotHoldTheOthersUp) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  json jobs = two_jobs();
  jobs["settings"][0]["quantize"]["wbits"] = 99;
  write_jobs(folder, jobs);
  const Ended ended = folder.run({"jobs", "jobs.json"});
  EXPECT_EQ(ended.code, 6);
  EXPECT_NE(ended.out.find("quantize failed (2)"), std::string::npos) << ended.out;
  EXPECT_NE(folder.read("out/shapes_resnet/a/log.txt").find("99"), std::string::npos);
  EXPECT_TRUE(fs::exists(folder / "out/shapes_resnet/b/plan.zsq"));
}

TEST(Jobs, AFileThatIsNoneIsRefused) {
  const Folder folder;
  for (const char* bad :
       {"", "[]", R"({"output": "o"})", R"({"output": "o", "models": ["m"], "settings": [{}]})",
        R"({"output": "o", "models": ["m"], "settings": [{"name": ".."}]})",
        R"({"output": "o", "models": ["m", "x/m"], "settings": [{"name": "a"}]})",
        R"({"output": "o", "models": ["m"], "settings": [{"name": "a"}], "retry": 1})",
        R"({"output": "o", "models": ["m"], "settings": [{"name": "a", "synth": {"x": []}}]})"}) {
    folder.write("jobs.json", bad);
    expect_refusal(folder, {"jobs", "jobs.json"}, 2, "jobs.json: ");
  }
}

}  // namespace
}  // namespace zsq::e2e
