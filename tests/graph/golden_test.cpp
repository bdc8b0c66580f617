#include <gtest/gtest.h>
#include <torch/types.h>
#include <unistd.h>

#include "graph/architectures/drawing.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/fingerprint.h"
#include "graph/safetensors.h"
#include "graph/statistics_file.h"
#include "graph/torch/executor.h"
#include "graph/torch/load_model.h"
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

void expect_golden(const std::string& network, const std::string& extension) {
  const Model model = load_model(shared_data() / "nets" / (network + extension));
  const double difference = golden_difference(model.graph, network);
  std::printf("%s%s: %.2g\n", network.c_str(), extension.c_str(), difference);
  EXPECT_LE(difference, 1e-5);
  EXPECT_EQ(model.name, network);
  EXPECT_TRUE(model.preprocessing);
  EXPECT_FALSE(model.labels.empty());
  EXPECT_TRUE(model.warnings.empty());
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, TorchScript) {
  ZSQ_NEED_SHARED_DATA();
  expect_golden(GetParam(), ".pt");
}

TEST_P(Golden, Onnx) {
  ZSQ_NEED_SHARED_DATA();
  expect_golden(GetParam(), ".onnx");
}

/// What each file makes up of names aside, both are the same network.
void expect_graph_of_torchscript(const std::string& network, const std::string& extension) {
  const auto file = (shared_data() / "nets" / network).string();
  const Graph wanted = load_model(file + ".pt").graph, got = load_model(file + extension).graph;
  ASSERT_EQ(got.nodes().size(), wanted.nodes().size());
  for (std::size_t i = 0; i < wanted.nodes().size(); ++i) {
    EXPECT_TRUE(got.nodes()[i].op == wanted.nodes()[i].op) << wanted.nodes()[i].name << got.nodes()[i].name;
    EXPECT_EQ(got.nodes()[i].inputs, wanted.nodes()[i].inputs) << wanted.nodes()[i].name;
  }
}

TEST_P(Golden, OnnxIsTheGraphThatTorchScriptGives) {
  ZSQ_NEED_SHARED_DATA();
  expect_graph_of_torchscript(GetParam(), ".onnx");
}

TEST(GoldenExportedProgram, GivesWhatPyTorchGave) {
  ZSQ_NEED_SHARED_DATA();
  for (const char* network : {"resnet20_cifar10", "mobilenetv1_025_imagenet"}) {
    expect_golden(network, ".pt2");
    expect_graph_of_torchscript(network, ".pt2");
  }
  const Model model = load_model(shared_data() / "nets" / "resnet20_cifar10.pt2");
  EXPECT_TRUE(model.format.starts_with("torch.export by pytorch 2.11")) << model.format;
}

INSTANTIATE_TEST_SUITE_P(Networks, Golden,
                         testing::Values("resnet20_cifar10", "mobilenetv1_025_imagenet",
                                         "mcunet_320kb_imagenet", "mobilenetv1_025_vww",
                                         "efficientnet_lite0_imagenet"),
                         [](const auto& c) { return std::string(c.param); });

TEST(GoldenStateDict, LegacyAndSafetensors) {
  ZSQ_NEED_SHARED_DATA();
  expect_golden("resnet20_cifar10", ".th");
  expect_golden("resnet20_cifar10", ".safetensors");
}

TEST(GoldenStateDict, BuildsTheGraphThatTorchScriptGives) {
  ZSQ_NEED_SHARED_DATA();
  const auto nets = shared_data() / "nets";
  const Graph wanted = load_model(nets / "resnet20_cifar10.pt").graph;
  for (const char* file : {"resnet20_cifar10.th", "resnet20_cifar10.safetensors"}) {
    const Graph got = load_model(nets / file).graph;
    ASSERT_EQ(got.nodes().size(), wanted.nodes().size());
    for (std::size_t i = 0; i < wanted.nodes().size(); ++i) {
      EXPECT_EQ(got.nodes()[i].name, wanted.nodes()[i].name);
      EXPECT_TRUE(got.nodes()[i].op == wanted.nodes()[i].op) << got.nodes()[i].name;
      EXPECT_EQ(got.nodes()[i].inputs, wanted.nodes()[i].inputs) << got.nodes()[i].name;
    }
  }
}

TEST(GoldenStateDict, AskedForByName) {
  ZSQ_NEED_SHARED_DATA();
  const auto nets = shared_data() / "nets";
  const ImportOptions named{.input = {}, .architecture = "efficientnet_lite0"};
  const Model got = load_model(nets / "efficientnet_lite0_imagenet.pth", named);
  EXPECT_EQ(got.format, "state dict of EfficientNet-Lite0");
  const Graph wanted = load_model(nets / "efficientnet_lite0_imagenet.pt").graph;
  EXPECT_EQ(weights_sha256(got.graph), weights_sha256(wanted));
  EXPECT_LE(golden_difference(got.graph, "efficientnet_lite0_imagenet"), 1e-5);
  EXPECT_THROW(load_model(nets / "efficientnet_lite0_imagenet.pt", named), Error);
}

/// No built-in architecture: the network drawn from its TorchScript file, with the parameters that another
/// holds.
TEST(GoldenStateDict, OfADrawnNetwork) {
  ZSQ_NEED_SHARED_DATA();
  const auto nets = shared_data() / "nets";
  for (const std::string network : {"mcunet_320kb_imagenet", "mobilenetv1_025_vww", "resnet20_cifar10"}) {
    const Graph wanted = load_model(nets / (network + ".pt")).graph;
    const auto file =
        std::filesystem::temp_directory_path() / ("zsq_drawing_" + std::to_string(getpid()) + ".json");
    write_file_atomically(file, drawing_of(wanted));
    const Graph got =
        load_model(nets / (network + ".safetensors"), {.input = {}, .architecture = file.string()}).graph;
    std::filesystem::remove(file);
    ASSERT_EQ(got.nodes().size(), wanted.nodes().size());
    for (std::size_t i = 0; i < wanted.nodes().size(); ++i) {
      EXPECT_TRUE(got.nodes()[i].op == wanted.nodes()[i].op) << got.nodes()[i].name;
      EXPECT_EQ(got.nodes()[i].inputs, wanted.nodes()[i].inputs) << got.nodes()[i].name;
    }
    EXPECT_LE(golden_difference(got, network), 1e-5);
  }
}

/// A model whose batch norms were folded, with the statistics that its owner kept.
TEST(GoldenStatistics, GiveAFoldedModelItsBatchNormsBack) {
  ZSQ_NEED_SHARED_DATA();
  const auto nets = shared_data() / "nets";
  const Graph folded = load_model(nets / "resnet20_cifar10_folded.onnx").graph;
  const std::string statistics = encode_statistics(load_model(nets / "resnet20_cifar10.onnx").graph);
  const Graph graph = with_statistics(folded, statistics, "statistics");
  EXPECT_EQ(graph.nodes().size(), folded.nodes().size() + 19);
  EXPECT_LE(golden_difference(graph, "resnet20_cifar10"), 1e-5);
}

TEST(GoldenRefusals, ParametersOfNoKnownNetwork) {
  ZSQ_NEED_SHARED_DATA();
  try {
    load_model(shared_data() / "nets" / "mobilenetv1_025_vww.safetensors");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::unsupported) << e.what();
    EXPECT_NE(std::string(e.what()).find("mobilenetv1_025_vww.safetensors"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace zsq
