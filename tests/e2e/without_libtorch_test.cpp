#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// The program on a machine that never had LibTorch: a copy of it, beside a copy of its library that asks for
/// a LibTorch which is nowhere.
namespace zsq::e2e {
namespace {

namespace fs = std::filesystem;

class WithoutLibTorch : public testing::Test {
 protected:
  WithoutLibTorch() {
    const fs::path here = fs::path(std::getenv("ZSQ_BINARY")).parent_path();
    fs::create_directories(folder_ / "bin");
    fs::create_directories(folder_ / "lib");
    fs::copy(here / "zsq", folder_ / "bin/zsq");
    for (const char* part : {"libzsq_pictures.so", "libzsq_plain_pictures.so", "libzsq_resize.so"})
      if (fs::exists(here / part)) fs::copy(here / part, folder_ / "lib" / part);
    std::string library = read_bytes(here / "libzsq_torch_commands.so");
    const std::string wanted = "libtorch_cpu.so";
    const auto at = library.find(wanted + '\0');
    if (at == std::string::npos) throw std::runtime_error("the library does not ask for LibTorch");
    library.replace(at, wanted.size(), "libnowhere_1.so");
    folder_.write("lib/libzsq_torch_commands.so", library);
    folder_.write("plan.zsq", sample_plan());
    folder_.write("m.pt", read_bytes(sample_model()));
    for (int i = 0; i < sample().classes; ++i)
      folder_.write("set/" + std::to_string(i) + "/a.ppm",
                    ppm(sample().height, sample().width, static_cast<unsigned>(i)));
  }

  Ended run(const std::vector<std::string>& words) const {
    return run_zsq(words, {.folder = folder_.path(), .binary = folder_ / "bin/zsq"});
  }

  Folder folder_;
};

TEST_F(WithoutLibTorch, PlansAreRunVerifiedAndEvaluated) {
  ZSQ_NEED_SAMPLE();
  const Ended top = run({"run", "plan.zsq", "set/1/a.ppm", "--json"});
  EXPECT_EQ(top.code, 0) << top.err;
  EXPECT_EQ(top.out, folder_.run({"run", "plan.zsq", "set/1/a.ppm", "--json"}).out);
  const Ended verified = run({"verify", "plan.zsq", "--json"});
  EXPECT_EQ(verified.code, 0) << verified.err;
  EXPECT_EQ(nlohmann::json::parse(verified.out).at("mismatches"), 0);
  const Ended inspected = run({"inspect", "plan.zsq", "--json"});
  EXPECT_EQ(inspected.code, 0) << inspected.err;
  EXPECT_EQ(nlohmann::json::parse(inspected.out).at("network"), "shapes_resnet");
  const Ended exported = run({"export", "plan.zsq", "-o", "plan.onnx", "--json"});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_EQ(nlohmann::json::parse(exported.out).at("profile"), "ort");
  const Ended evaluated = run({"eval", "plan.zsq", "--data", "set", "--json", "--quiet"});
  EXPECT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_EQ(nlohmann::json::parse(evaluated.out).at("images"), sample().classes);
}

TEST_F(WithoutLibTorch, DoctorSaysWhatIsMissing) {
  ZSQ_NEED_SAMPLE();
  const Ended ended = run({"doctor", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto facts = nlohmann::json::parse(ended.out);
  EXPECT_EQ(facts.at("self_test_mismatches"), 0);
  EXPECT_TRUE(facts.at("libtorch").is_null());
  EXPECT_NE(run({"doctor"}).out.find("libnowhere_1.so"), std::string::npos);
}

TEST_F(WithoutLibTorch, HelpIsWhole) {
  ZSQ_NEED_SAMPLE();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--help"}, {"quantize", "--help"}, {"compare", "--help"}, {"--version"}})
    EXPECT_EQ(run(words).out, folder_.run(words).out);
}

TEST_F(WithoutLibTorch, TheOthersSayInOneSentenceWhatToInstall) {
  ZSQ_NEED_SAMPLE();
  for (const std::vector<std::string>& words : {std::vector<std::string>{"inspect", "m.pt"},
                                                {"synth", "m.pt", "-o", "images"},
                                                {"quantize", "m.pt", "-o", "x.zsq"},
                                                {"compare", "m.pt", "--data", "set"},
                                                {"eval", "plan.zsq", "--float", "m.pt", "--data", "set"}}) {
    const Ended ended = run(words);
    expect_refused(ended, 8, "zsq " + words[0] + " needs LibTorch");
    EXPECT_NE(ended.err.find("libnowhere_1.so"), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find("scripts/setup"), std::string::npos) << ended.err;
  }
}

TEST_F(WithoutLibTorch, AMissingOrForeignLibraryIsOneSentenceToo) {
  ZSQ_NEED_SAMPLE();
  folder_.write("lib/libzsq_pictures.so", "no library");
  fs::remove(folder_ / "lib/libzsq_plain_pictures.so");
  expect_refused(run({"run", "plan.zsq", "set/1/a.ppm"}), 8, "pictures are decoded by OpenCV");
  fs::remove(folder_ / "lib/libzsq_torch_commands.so");
  expect_refused(run({"inspect", "m.pt"}), 8, "lies neither beside the program nor in ../lib");
}

/// Of the libraries that the loader names as it maps them. Common pictures need no OpenCV.
TEST(Start, LoadsNeitherLibTorchNorOpenCV) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("plan.zsq", sample_plan());
  folder.write("batch.bin", std::string(3073, 'x'));
  folder.write("a.ppm", ppm(sample().height, sample().width, 1));
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                {"quantize", "--help"},
                                                {"run", "plan.zsq", "batch.bin"},
                                                {"run", "plan.zsq", "a.ppm"},
                                                {"verify", "plan.zsq"}}) {
    const Ended ended = run_zsq(words, {.folder = folder.path(), .variables = {"LD_DEBUG=files"}});
    EXPECT_EQ(ended.code, 0);
    EXPECT_NE(ended.err.find("libstdc++"), std::string::npos) << "the loader says nothing";
    for (const char* heavy : {"libtorch", "libc10", "libopencv", "libgomp"})
      EXPECT_EQ(ended.err.find(heavy), std::string::npos) << words[0] << " loads " << heavy;
  }
}

}  // namespace
}  // namespace zsq::e2e
