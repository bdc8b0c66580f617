#include <nlohmann/json.hpp>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// What is on the disk is never lost, and nothing half written stays there.
namespace zsq::e2e {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> quantize(const std::string& output) {
  return {"quantize", sample_model(), "--images", "noise", "--count", "4", "--quiet", "-o", output};
}

std::vector<std::string> synth(const std::string& output) {
  return {"synth", sample_model(), "--count", "4", "--steps", "2", "--quiet", "-o", output};
}

std::vector<std::string> with(std::vector<std::string> words, const std::string& word) {
  words.push_back(word);
  return words;
}

TEST(Output, InAFolderThatCannotTakeIt) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("file", "");
  expect_refusal(folder, quantize("missing/x.zsq"), 5, "missing: there is no such folder");
  expect_refusal(folder, quantize("file/x.zsq"), 5, "file: there is no such folder");
  expect_refusal(folder, synth("file"), 5, "file");
  expect_refusal(folder, synth("file/images"), 5, "file");
  if (fs::is_directory("/proc")) {
    expect_refusal(folder, quantize("/proc/x.zsq"), 5, "/proc: cannot be written to");
    expect_refusal(folder, synth("/proc/images"), 5, "/proc");
  }
}

TEST(Output, IsNotReplacedUnlessForced) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("x.zsq", "precious");
  folder.write("images/report.json", "precious");
  expect_refusal(folder, quantize("x.zsq"), 5, "--force replaces it");
  expect_refusal(folder, synth("images"), 5, "--force replaces it");
  expect_refusal(folder, with(quantize("images"), "--force"), 5, "images");
  EXPECT_EQ(folder.run(with(quantize("x.zsq"), "--force")).code, 0);
  EXPECT_TRUE(folder.read("x.zsq").size() > 1000);
  EXPECT_EQ(folder.run(with(synth("images"), "--force")).code, 0);
  EXPECT_NE(folder.read("images/report.json"), "precious");
}

/// Writing fails in the middle, as it does on a full disk.
TEST(Output, SurvivesAFullDisk) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("x.zsq", "precious");
  folder.write("images/images.safetensors", "precious");
  const auto before = folder.content();
  const Surroundings full{.folder = folder.path(), .largest_file = 2000};
  expect_refused(run_zsq(with(quantize("x.zsq"), "--force"), full), 5, "x.zsq cannot be written");
  expect_refused(run_zsq(quantize("new.zsq"), full), 5, "new.zsq cannot be written");
  expect_refused(run_zsq(with(synth("images"), "--force"), full), 5, "images.safetensors cannot be written");
  expect_refused(run_zsq(synth("new"), full), 5, "images.safetensors cannot be written");
  EXPECT_TRUE(folder.content() == before);
}

/// A disk of 64 kB: the report would fit, and is not left there without the images.
TEST(Output, SurvivesASmallDisk) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const fs::path disk = folder / "disk";
  fs::create_directory(disk);
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "skipped: a file system cannot be mounted here";
  folder.write("disk/x.zsq", "precious");
  const auto before = folder.content();
  EXPECT_EQ(before.at("disk/x.zsq"), "precious");
  expect_refusal(folder, with(quantize("disk/x.zsq"), "--force"), 5, "the disk is full");
  expect_refusal(folder, synth("disk/images"), 5, "the disk is full");
  EXPECT_EQ(umount(disk.c_str()), 0);
}

/// By its permissions, which mean nothing to root; by its file system, which only root can mount.
TEST(Output, InAFolderThatIsReadOnly) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const fs::path locked = folder / "locked";
  fs::create_directory(locked);
  fs::permissions(locked, fs::perms::owner_read | fs::perms::owner_exec);
  const bool mounted = mount("none", locked.c_str(), "tmpfs", MS_RDONLY, nullptr) == 0;
  if (!mounted && getuid() == 0) GTEST_SKIP() << "skipped: root, and a file system cannot be mounted here";
  expect_refusal(folder, quantize("locked/x.zsq"), 5, "locked: cannot be written to");
  expect_refusal(folder, synth("locked"), 5, "locked");
  expect_refusal(folder, synth("locked/images"), 5, "locked");
  if (mounted) umount(locked.c_str());
}

/// --force replaces a result, not the model it is made from, nor what is no file.
TEST(Output, ThatMustNotBeReplaced) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("net.pt", read_bytes(sample_model()));
  folder.write("folder/file", "");
  expect_refusal(folder, {"quantize", "net.pt", "-o", "./net.pt", "--force"}, 2, "is the model itself");
  expect_refusal(folder, with(quantize("folder"), "--force"), 5, "is not a file");
  fs::create_directory(folder / "pipes");
  ASSERT_EQ(mkfifo((folder / "pipes/pipe").c_str(), 0600), 0);
  const Ended ended = folder.run(with(quantize("pipes/pipe"), "--force"));
  expect_refused(ended, 5, "is not a file");
  EXPECT_TRUE(fs::is_fifo(folder / "pipes/pipe"));
  fs::remove_all(folder / "pipes");
  expect_refusal(folder, quantize(std::string(300, 'x')), 5, "File name too long");
}

void expect_interrupted(const Ended& ended) {
  EXPECT_EQ(ended.signal, 0) << ended.err;
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_NE(ended.err.find("zsq: interrupted; nothing was written\n"), std::string::npos) << ended.err;
}

TEST(Output, IsAsItWasAfterCtrlC) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("x.zsq", "precious");
  folder.write("images/report.json", "precious");
  const auto before = folder.content();
  const Surroundings pressed{.folder = folder.path(), .interrupt = true, .seconds = 60};
  const std::string model = sample_model();
  expect_interrupted(
      run_zsq({"quantize", model, "-o", "x.zsq", "--steps", "50000", "--count", "8", "--force"}, pressed));
  expect_interrupted(
      run_zsq({"quantize", model, "-o", "new.zsq", "--steps", "50000", "--count", "8"}, pressed));
  expect_interrupted(
      run_zsq({"synth", model, "-o", "images", "--steps", "50000", "--count", "8", "--force"}, pressed));
  expect_interrupted(run_zsq({"synth", model, "-o", "new", "--steps", "50000", "--count", "8"}, pressed));
  EXPECT_TRUE(folder.content() == before);
}

TEST(Output, ThatNobodyReads) {
  const Folder folder;
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "skipped: /dev/full not found";
  const Ended ended = run_zsq({"--help"}, {.folder = folder.path(), .out = "/dev/full"});
  expect_refused(ended, 5, "stdout cannot be written to");
}

TEST(Output, OfBenchIsOneTimeForEachStep) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("plan.zsq", sample_plan());
  const Ended ended = folder.run({"bench", "plan.zsq", "--rounds", "3", "--batch", "2", "--json", "--quiet"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json facts = nlohmann::json::parse(ended.out);
  EXPECT_EQ(facts.at("batch"), 2);
  EXPECT_EQ(facts.at("rounds"), 3);
  EXPECT_LE(facts.at("min_ms"), facts.at("median_ms"));
  EXPECT_LE(facts.at("median_ms"), facts.at("max_ms"));
  EXPECT_GT(facts.at("images_per_second"), 0);
  const nlohmann::json steps =
      nlohmann::json::parse(folder.run({"inspect", "plan.zsq", "--json"}).out).at("steps");
  ASSERT_EQ(facts.at("layers").size(), steps.size());
  double share = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const nlohmann::json& layer = facts.at("layers")[i];
    EXPECT_EQ(layer.at("name"), steps[i].at("name"));
    EXPECT_EQ(layer.at("gmac_per_second") > 0, steps[i].contains("weight_bits"));
    share += layer.at("share").get<double>();
  }
  EXPECT_NEAR(share, 100, 1e-6);
  EXPECT_EQ(folder.run({"bench", "plan.zsq", "--device", "reference", "--rounds", "1", "--quiet"}).code, 0);
  expect_refusal(folder, {"bench", "plan.zsq", "--rounds", "0"}, 2, "--rounds is '0'");
}

}  // namespace
}  // namespace zsq::e2e
