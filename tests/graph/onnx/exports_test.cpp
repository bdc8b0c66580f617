#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "graph/torch/load_model.h"
#include "tests/graph/onnx/case.h"

/// torchvision's networks as PyTorch's exporters write them: tests/graph/onnx/export_networks.py makes the
/// folder that $ZSQ_ONNX_EXPORTS names.
namespace zsq {
namespace {

TEST(OnnxExports, GiveWhatPyTorchGave) {
  const char* folder = std::getenv("ZSQ_ONNX_EXPORTS");
  if (folder == nullptr) GTEST_SKIP() << "skipped: $ZSQ_ONNX_EXPORTS names no folder of export_networks.py";
  for (const auto& file : model_cases(folder)) {
    try {
      const Model model = load_model(file);
      const double difference = largest_difference(model.graph, file);
      std::size_t norms = 0;
      for (const Node& node : model.graph.nodes()) norms += std::holds_alternative<BatchNorm2d>(node.op);
      std::printf("%-40s %3zu nodes, %3zu batch norms, difference %.2g\n", file.stem().c_str(),
                  model.graph.nodes().size(), norms, difference);
      EXPECT_GT(norms, 0U) << file;
      EXPECT_LE(difference, 2e-5) << file;
    } catch (const Error& e) {
      ADD_FAILURE() << e.what();
    }
  }
}

}  // namespace
}  // namespace zsq
