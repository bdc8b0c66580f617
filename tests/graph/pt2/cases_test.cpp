#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>
#include <unistd.h>

#include "graph/torch/load_model.h"
#include "tests/graph/onnx/case.h"

/// Small programs as torch.export writes them, which also seed the fuzzer: tests/graph/pt2/export_cases.py
/// makes them.
namespace zsq {
namespace {

TEST(Pt2Cases, GiveWhatPyTorchGave) {
  const std::filesystem::path source = std::getenv("ZSQ_SOURCE_DIR");
  const auto files = model_cases(source / "tests/fuzz/seeds/pt2");
  EXPECT_GE(files.size(), 13U);
  for (const auto& file : files) {
    SCOPED_TRACE(file.stem());
    const Model model = load_model(file);
    EXPECT_LE(largest_difference(model.graph, file), 2e-6);
  }
}

/// The file says how large its image is; a hub's config beside it, which may be of another size, does not.
TEST(Pt2Cases, SayTheirSizeThemselves) {
  const std::filesystem::path seeds =
      std::filesystem::path(std::getenv("ZSQ_SOURCE_DIR")) / "tests/fuzz/seeds";
  const auto folder = std::filesystem::temp_directory_path() / ("zsq_hub_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(seeds / "pt2/attention.pt2", folder / "m.pt2");
  std::filesystem::copy_file(seeds / "hub_config/timm", folder / "config.json");
  const Model model = load_model(folder / "m.pt2");
  EXPECT_EQ(model.graph.input_shape(), (Shape{1, 4, 6, 6}));
  EXPECT_FALSE(model.preprocessing);  // the config is about three channels
  std::filesystem::remove_all(folder);
}

/// Weights in the other order of strides, a batch of two, and operators taken apart are the same network.
TEST(Pt2Cases, OneNetworkInAllItsForms) {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("ZSQ_SOURCE_DIR")) / "tests/fuzz/seeds/pt2";
  const Graph wanted = load_model(folder / "residual.pt2").graph;
  for (const char* form : {"channels_last.pt2", "fixed_batch.pt2", "decomposed.pt2"}) {
    const Graph got = load_model(folder / form).graph;
    ASSERT_EQ(got.nodes().size(), wanted.nodes().size()) << form;
    for (std::size_t i = 0; i < wanted.nodes().size(); ++i)
      EXPECT_TRUE(got.nodes()[i].op == wanted.nodes()[i].op) << form << ' ' << wanted.nodes()[i].name;
  }
}

}  // namespace
}  // namespace zsq
