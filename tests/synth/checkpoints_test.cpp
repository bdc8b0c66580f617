#include "synth/checkpoints.h"

#include <fstream>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/file.h"
#include "synth/synthesize.h"
#include "tests/bnstats/tiny_net.h"

namespace zsq::synth {
namespace {

namespace fs = std::filesystem;

class CheckpointsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Checkpoints checkpoints(const std::string& run = "run") const { return {folder_, run, 3}; }

  /// stop_at: steps of all batches together, after which it is stopped; 0: never.
  Synthesis run(const Options& options, const Checkpoints* checkpoints, int stop_at = 0) const {
    int made = 0;
    return synthesize(
        teacher_, stored_, {.mean = {0.5, 0.5, 0.5}, .deviation = {0.25, 0.25, 0.25}}, options,
        {.progress = [&](const Progress&) { return ++made != stop_at; }, .checkpoints = checkpoints});
  }

  const TorchExecutor teacher_{tiny_net()};
  const std::vector<bnstats::Statistics> stored_ = bnstats::stored_statistics(teacher_.graph(), torch::kCPU);
  fs::path folder_;
};

TEST_F(CheckpointsTest, ARunStoppedAnywhereMakesTheSameBytes) {
  const Options options{.count = 6, .batch = 2, .steps = 7, .threads = 1};
  const Synthesis whole = run(options, nullptr);
  for (int stop_at = 1; stop_at < 3 * 7; stop_at += 2) {
    const Checkpoints kept = checkpoints();
    EXPECT_THROW(run(options, &kept, stop_at), Interrupted);
    const Synthesis resumed = run(options, &kept);
    EXPECT_TRUE(torch::equal(resumed.images, whole.images)) << stop_at;
    EXPECT_LE(resumed.iterations, 3 * 7 - (stop_at - 1) / 7 * 7)
        << stop_at;  // whole batches are not made again
    for (std::size_t i = 0; i < whole.loss.size(); ++i) EXPECT_NEAR(resumed.loss[i], whole.loss[i], 1e-9);
    fs::remove_all(folder_);
  }
}

TEST_F(CheckpointsTest, StoppedManyTimesItEndsAllTheSame) {
  const Options options{.count = 8, .batch = 4, .steps = 9, .threads = 2};
  const Checkpoints kept = checkpoints();
  int stops = 0;
  Synthesis made;
  while (!made.images.defined() && stops < 50) {
    try {
      made = run(options, &kept, 7);
    } catch (const Interrupted&) {
      ++stops;
    }
  }
  EXPECT_GE(stops, 1);
  EXPECT_TRUE(torch::equal(made.images, run(options, nullptr).images));
}

TEST_F(CheckpointsTest, AreRefusedWhereTheyAreNotOfThisRun) {
  const Options options{.count = 2, .batch = 2, .steps = 4};
  const Checkpoints kept = checkpoints();
  run(options, &kept);
  const fs::path file = folder_ / "batch-0.safetensors";
  const std::string whole = read_file(file);
  const auto refusal = [&](const Options& o, const std::string& name) {
    const Checkpoints again = checkpoints(name);
    try {
      run(o, &again);
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::data);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(options, "run"), "");
  EXPECT_NE(refusal(options, "another").find("another synthesis"), std::string::npos);
  Options other = options;
  other.steps = 3;
  EXPECT_NE(refusal(other, "run").find("4 of 3"), std::string::npos);
  other = options;
  other.count = other.batch = 3;
  EXPECT_NE(refusal(other, "run").find("'parameter0'"), std::string::npos);
  for (std::size_t length = 0; length < whole.size(); length += whole.size() / 40) {
    std::ofstream(file, std::ios::binary) << std::string_view(whole).substr(0, length);
    EXPECT_NE(refusal(options, "run"), "") << length;
  }
}

}  // namespace
}  // namespace zsq::synth
