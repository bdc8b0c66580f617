#include "graph/torch/load_model.h"

#include <fstream>

#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/types.h>
#include <unistd.h>

#include "graph/check.h"
#include "graph/file.h"
#include "graph/torch/executor.h"
#include "tests/graph/checkpoint_bytes.h"

namespace zsq {
namespace {

namespace fs = std::filesystem;

/// A folder with a small TorchScript model, net.pt, as LibTorch saves it: with its code compressed.
class LoadModel : public testing::Test {
 protected:
  LoadModel() : folder_(fs::temp_directory_path() / ("zsq_load_model_test_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    module_.register_parameter("w", torch::ones({2, 3, 3, 3}), false);
    std::string body = "def forward(self, x):\n  x = torch.conv2d(x, self.w, None, [2, 2])\n";
    for (int i = 0; i < 20; ++i) body += "  x = torch.relu(x)\n";
    module_.define(body + "  return torch.mean(x, [2, 3])\n");
    module_.save((folder_ / "net.pt").string());
  }
  ~LoadModel() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, std::string_view bytes) const {
    write_file_atomically(folder_ / name, bytes);
    return folder_ / name;
  }

  /// The error that loading gives: one line, about that file.
  void expect_refused(const fs::path& path, Fault fault) const {
    try {
      load_model(path);
      FAIL() << path;
    } catch (const Error& e) {
      const std::string said = e.what();
      EXPECT_EQ(e.fault(), fault) << said;
      EXPECT_NE(said.find(path.filename().string()), std::string::npos) << said;
      EXPECT_EQ(said.find('\n'), std::string::npos) << said;
      EXPECT_EQ(said.find("frame #"), std::string::npos) << said;
    }
  }

  fs::path folder_;
  torch::jit::Module module_{"Net"};
};

TEST_F(LoadModel, ReadsWhatTorchSaves) {
  const Model model = load_model(folder_ / "net.pt", {.input = Shape{1, 3, 9, 9}});
  EXPECT_EQ(model.name, "net");
  EXPECT_EQ(model.format, "TorchScript");
  EXPECT_FALSE(model.preprocessing);
  const auto x = torch::randn({2, 3, 9, 9});
  EXPECT_TRUE(TorchExecutor(model.graph).run(x).allclose(module_.forward({x}).toTensor(), 1e-5, 1e-5));
}

TEST_F(LoadModel, TakesTheInputFromTheSideCarUnlessItIsGiven) {
  write("net.json", R"({"name": "mine", "input": {"shape": [3, 12, 10], "mean_01": 0.5, "std_01": 0.25},
                        "class_names": ["a", "b"]})");
  const Model model = load_model(folder_ / "net.pt");
  EXPECT_EQ(model.graph.input_shape(), (Shape{1, 3, 12, 10}));
  EXPECT_EQ(model.name, "mine");
  EXPECT_EQ(model.labels, (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(model.preprocessing);
  EXPECT_EQ(load_model(folder_ / "net.pt", {.input = Shape{1, 3, 9, 9}}).graph.input_shape(),
            (Shape{1, 3, 9, 9}));
}

TEST_F(LoadModel, SaysWhatAFileIsThatIsNoModel) {
  expect_refused(folder_ / "net.pt", Fault::usage);  // its input size is not known
  expect_refused(folder_ / "absent.pt", Fault::model);
  expect_refused(write("empty.pt", ""), Fault::model);
  expect_refused(write("text.pt", "not a model\n"), Fault::model);
  expect_refused(write("picture.pt", "\x89PNG\r\n\x1a\n"), Fault::model);
  expect_refused(write("keras.pt", "\x89HDF\r\n\x1a\n"), Fault::model);
  expect_refused(write("net.onnx", std::string_view("\x08\x08\x12\x07pytorch", 11)), Fault::model);
  expect_refused(write("whole.pt", checkpoint_bytes::zip_checkpoint("c__main__\nNet\n)\x81}b", "")),
                 Fault::model);
}

TEST_F(LoadModel, RefusesTruncatedTorchScript) {
  const std::string bytes = read_file(folder_ / "net.pt");
  for (std::size_t n = 1; n < bytes.size(); n += 97)
    expect_refused(write("cut.pt", bytes.substr(0, n)), Fault::model);
}

TEST_F(LoadModel, RefusesClassNamesOfAnotherNumber) {
  write("net.json", R"({"input": {"shape": [3, 12, 10]}, "class_names": ["a", "b", "c"]})");
  try {
    load_model(folder_ / "net.pt");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::model);
    EXPECT_NE(std::string(e.what()).find("net.pt names 3 classes, the network has 2"), std::string::npos)
        << e.what();
  }
}

TEST_F(LoadModel, WarnsThatASoftmaxAtTheEndIsLeftOut) {
  for (const std::string softmax : {"softmax", "log_softmax"}) {
    torch::jit::Module module("Net");
    module.define("def forward(self, x):\n  return torch." + softmax + "(torch.mean(x, [2, 3]), 1)\n");
    module.save((folder_ / "end.pt").string());
    EXPECT_EQ(load_model(folder_ / "end.pt", {.input = Shape{1, 3, 9, 9}}).warnings.size(), 1U);
  }
}

TEST_F(LoadModel, RefusesABadSideCarByName) {
  write("net.json", "{\"input\": {\"shape\": [3, 0, 10]}}");
  try {
    load_model(folder_ / "net.pt");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("net.json"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace zsq
