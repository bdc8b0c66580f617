#include "quantize/from_statistics.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/op_traits.h"
#include "graph/rewrite.h"
#include "graph/torch/executor.h"
#include "quantize/matched.h"
#include "quantize/prepare.h"
#include "tests/quantize/networks.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

const Preprocessing kPixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.25, 0.25, 0.25}};

Tensor noise(std::int64_t count) {
  torch::manual_seed(4);
  return torch::randn({count, 3, 12, 12});
}

/// Two convolutions with batch norms, and a linear layer without.
Graph network() {
  tests::NetworkBuilder b(7);
  b.conv(6, 3), b.norm(), b.relu();
  b.conv(8, 3, 2), b.norm(), b.relu();
  b.add("pool", GlobalAvgPool{}, {b.last});
  b.linear(5);
  return b.graph;
}

std::vector<NodeId> convolutions(const Graph& graph) {
  std::vector<NodeId> all;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    if (std::holds_alternative<Conv2d>(graph.nodes()[i].op)) all.push_back(NodeId(i));
  return all;
}

TEST(Matched, MakesOfNoiseWhatTheBatchNormsRemember) {
  const Graph graph = network(), real = prepared(graph);
  const Tensor images = noise(16);
  const Matched matched = matched_to_norms(graph, real, images);
  std::vector<const BatchNorm2d*> norms;
  for (const Node& node : graph.nodes())
    if (const auto* norm = std::get_if<BatchNorm2d>(&node.op)) norms.push_back(norm);
  std::size_t next = 0;
  Tap tap;
  tap.after = [&](NodeId id, const Tensor& value) {
    if (!std::holds_alternative<Conv2d>(real[id].op)) return value;
    const BatchNorm2d& norm = *norms.at(next++);
    EXPECT_TRUE(value.mean({0, 2, 3}).allclose(torch::tensor(norm.beta), 1e-4, 1e-4));
    EXPECT_TRUE(value.std({0, 2, 3}, false).allclose(torch::tensor(norm.gamma).abs(), 1e-3, 1e-4));
    return value;
  };
  TorchExecutor(matched.graph).run(images, tap);
  EXPECT_EQ(next, 2U);
}

/// A grid of the matched network's weights is the real one's, divided by the factors.
TEST(Matched, GivesTheRealNetworkItsIntegersAndWhatWasAddedToItsBiases) {
  const Graph graph = network(), real = prepared(graph);
  const Matched matched = matched_to_norms(graph, real, noise(16));
  QuantizedGraph q{matched.graph, {}, std::vector<std::optional<QParams>>(real.nodes().size()), {}};
  const NodeId layer = convolutions(real).at(1);
  q.activation[index(real[layer].inputs[0])] = QParams{.scale = 0.1, .zero_point = 0, .bits = 8};
  const auto outputs = bias_of(real[layer].op)->size();
  const std::size_t taps = weight_of(real[layer].op)->values.size() / outputs;
  q.weight[layer] = {8, std::vector<std::int8_t>(outputs * taps, 3), std::vector<double>(outputs, 0.5)};
  std::fill_n(q.weight[layer].codes.begin(), taps, 0);
  q.graph = map_ops(q.graph, [&](NodeId id, Op op) {
    if (id == layer) (*parameters(op).bias)[2] += 1;
    return op;
  });
  const QuantizedGraph got = of_real(matched, q, real);
  EXPECT_EQ(got.weight.at(layer).codes, q.weight[layer].codes);
  EXPECT_EQ(got.weight.at(layer).scale[0], 1) << "all its codes are 0";
  const auto& factors = matched.factors.at(layer);
  EXPECT_DOUBLE_EQ(got.weight.at(layer).scale[2], 0.5 / factors[2]);
  const auto &bias = *bias_of(got.graph[layer].op), &before = *bias_of(real[layer].op);
  EXPECT_FLOAT_EQ(bias[1], before[1]);
  EXPECT_NEAR(bias[2], before[2] + 1 / factors[2], 1e-5);
  EXPECT_EQ(weight_of(got.graph[layer].op)->values, weight_of(real[layer].op)->values);
}

TEST(FromStatistics, RunsItsStepsAndJudgesNone) {
  const Result result = quantize_from_statistics(network(), kPixels, noise(16), {.weight_bits = 4});
  std::vector<std::string> names;
  for (const StepReport& step : result.steps) {
    names.push_back(step.name);
    EXPECT_FALSE(step.sqnr_db);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"matching to batch norms", "sum-preserving rounding",
                                      "second-order rounding", "bias correction, each layer by itself"}));
  EXPECT_EQ(result.recipe.scheme.equalization, Equalization::none);
  EXPECT_EQ(result.recipe.scheme.rounding, Rounding::second_order) << "learning needs images";
}

TEST(FromStatistics, RefusesLearningAndNetworksThatRememberNothing) {
  try {
    quantize_from_statistics(network(), kPixels, noise(4), {.rounding = Rounding::learned});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::usage);
  }
  tests::NetworkBuilder bare(3);
  bare.conv(4, 3), bare.relu(), bare.add("pool", GlobalAvgPool{}, {bare.last}), bare.linear(3);
  try {
    quantize_from_statistics(bare.graph, kPixels, noise(4), {});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::unsupported);
  }
}

}  // namespace
}  // namespace zsq::quantize
