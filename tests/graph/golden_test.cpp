#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/file.h"
#include "graph/safetensors.h"
#include "graph/torch/executor.h"
#include "graph/torch/torchscript.h"
#include "tests/shared_data.h"

/// The real networks give what PyTorch gave.
namespace zsq {
namespace {

torch::Tensor read_tensor(const std::filesystem::path& path, const std::string& name) {
  const FileBytes bytes(path);
  const SafeTensor tensor = parse_safetensors(bytes.view(), path.string()).at(name, path.string());
  return torch::tensor(values_of<float>(tensor)).reshape(tensor.dims);
}

/// Largest difference to the golden logits, relative to the largest of them.
double golden_difference(const Graph& graph, const std::string& network) {
  const auto golden = shared_data() / "golden";
  const auto images = read_tensor(golden / (network + "_input.safetensors"), "input");
  const auto wanted = read_tensor(golden / (network + "_output.safetensors"), "logits");
  const auto got = TorchExecutor(graph).run(images);
  return ((got - wanted).abs().max() / wanted.abs().max()).item<double>();
}

struct Case {
  const char* network;
  Shape input;
};

class Golden : public testing::TestWithParam<Case> {};

TEST_P(Golden, TorchScript) {
  ZSQ_NEED_SHARED_DATA();
  const auto path = shared_data() / "nets" / (std::string(GetParam().network) + ".pt");
  const auto module = load_torchscript(FileBytes(path).view(), path.string());
  const Imported imported = import_torchscript(module, {.input = GetParam().input});
  const double difference = golden_difference(imported.graph, GetParam().network);
  EXPECT_LE(difference, 1e-5);
  RecordProperty("difference", std::to_string(difference));
  std::printf("%s .pt: %.2g\n", GetParam().network, difference);
}

INSTANTIATE_TEST_SUITE_P(Networks, Golden,
                         testing::Values(Case{"resnet20_cifar10", {1, 3, 32, 32}},
                                         Case{"mobilenetv1_025_imagenet", {1, 3, 224, 224}},
                                         Case{"mcunet_320kb_imagenet", {1, 3, 176, 176}},
                                         Case{"mobilenetv1_025_vww", {1, 3, 96, 96}}),
                         [](const auto& c) { return std::string(c.param.network); });

}  // namespace
}  // namespace zsq
