#include <csignal>
#include <random>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// Synthesis that is killed, and in parts.
namespace zsq::e2e {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> synth(const std::string& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"synth", sample_model(), "-o", folder, "--recipe", "recipe.json", "--quiet"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

void write_recipe(const Folder& folder) {
  folder.write("recipe.json", R"({"count": 22, "batch": 8, "steps": 50})");
}

/// When the newest checkpoint in there was written; the beginning of time where there is none.
fs::file_time_type newest(const fs::path& folder) {
  fs::file_time_type latest = fs::file_time_type::min();
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder, gone)) {
    if (entry.path().extension() != ".safetensors") continue;  // one that is being written
    const auto written = entry.last_write_time(gone);
    if (!gone) latest = std::max(latest, written);
  }
  return latest;
}

TEST(Resume, KilledAgainAndAgainItMakesTheSameBytes) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_recipe(folder);
  ASSERT_EQ(folder.run(synth("whole")).code, 0);
  std::mt19937 random(7);
  int kills = 0;
  for (bool ready = false; !ready;) {  // each run leaves a checkpoint more, so this ends
    const auto before = newest(folder / "parts/checkpoints");
    int patience = static_cast<int>(random() % 12);  // further looks, some milliseconds each
    const Ended ended = run_zsq(synth("parts", {"--resume"}),
                                {.folder = folder.path(), .killed = [&] {
                                   return newest(folder / "parts/checkpoints") > before && patience-- <= 0;
                                 }});
    ready = ended.signal == 0;
    ASSERT_EQ(ended.signal, ready ? 0 : SIGKILL);
    ASSERT_TRUE(!ready || ended.code == 0) << ended.err;
    kills += ready ? 0 : 1;
  }
  EXPECT_GE(kills, 1);
  EXPECT_EQ(folder.read("parts/images.safetensors"), folder.read("whole/images.safetensors"));
  EXPECT_EQ(folder.read("parts/contact-sheet.png"), folder.read("whole/contact-sheet.png"));
  EXPECT_FALSE(fs::exists(folder / "parts/checkpoints"));
}

TEST(Resume, AnotherRunsCheckpointsAreRefused) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_recipe(folder);
  run_zsq(synth("parts", {"--resume"}),
          {.folder = folder.path(),
           .killed = [&] { return newest(folder / "parts/checkpoints") > fs::file_time_type::min(); }});
  expect_refused(folder.run(synth("parts", {"--resume", "--seed", "1"})), 5, "another synthesis");
  expect_refused(folder.run(synth("none", {"--resume", "--keep", "none"})), 2, "--resume keeps images");
}

TEST(Resume, ShardsQuantizeLikeTheWhole) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_recipe(folder);
  ASSERT_EQ(folder.run(synth("whole")).code, 0);
  ASSERT_EQ(folder.run(synth("parts", {"--shard", "1/2"})).code, 0);
  const std::vector<std::string> quantize{"quantize",  sample_model(), "--images",   "parts",  "-o",
                                          "parts.zsq", "--quiet",      "--rounding", "nearest"};
  expect_refused(folder.run(quantize), 5, "images-0-of-2.safetensors: this shard is missing");
  ASSERT_EQ(folder.run(synth("parts", {"--shard", "0/2"})).code, 0);
  const Ended parts = folder.run(quantize);
  ASSERT_EQ(parts.code, 0) << parts.err;
  const Ended whole = folder.run({"quantize", sample_model(), "--images", "whole", "-o", "whole.zsq",
                                  "--quiet", "--rounding", "nearest"});
  const auto table = [](const std::string& out) { return out.substr(0, out.find("images ")); };
  EXPECT_EQ(table(parts.out), table(whole.out));
  expect_refused(folder.run(synth("x", {"--shard", "2/2"})), 2, "--shard");
  expect_refused(folder.run(synth("x", {"--shard", "0/4"})), 2, "shards");
}

}  // namespace
}  // namespace zsq::e2e
