#include "quantize/bias_correction.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "networks.h"
#include "quantize/calibrate.h"
#include "quantize/fold.h"
#include "quantize/round_weights.h"
#include "quantize/simulate.h"

namespace zsq::quantize {
namespace {

/// The largest difference, over layers and channels, of the mean output from float to quantized.
double largest_shift(const Graph& wanted, const QuantizedGraph& q, const torch::Tensor& images) {
  std::vector<torch::Tensor> means(wanted.nodes().size());
  double largest = 0;
  Tap in_float;
  in_float.after = [&](NodeId id, const torch::Tensor& value) {
    means[index(id)] = value.mean({0, 2, 3});
    return value;
  };
  TorchExecutor(wanted).run(images, in_float);
  Tap quantized = rounding_tap(q);
  quantized.after = [&, round = quantized.after](NodeId id, const torch::Tensor& value) {
    if (weight_of(wanted[id].op) != nullptr)
      largest = std::max(largest, (value.mean({0, 2, 3}) - means[index(id)]).abs().max().item<double>());
    return round(id, value);
  };
  TorchExecutor(dequantized(q)).run(images, quantized);
  return largest;
}

TEST(CorrectBiases, GivesEachLayersOutputItsFloatMean) {
  torch::manual_seed(3);
  const at::NoGradGuard no_gradients;
  const auto images = (torch::rand({1, 3, 12, 12}) * 2 - 1).repeat({16, 1, 1, 1});  // that all tell the same
  const Preprocessing pixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};
  const Graph graph = fold_batch_norms(tests::residual_network());
  const Scheme scheme{.weight_bits = 4, .activation_bits = 4, .rounding = Rounding::nearest};
  QuantizedGraph q{graph, units(graph), {}, {}};
  q.activation = calibrate_activations(TorchExecutor(graph), q.units, images, pixels, scheme);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    if (const Array* weight = weight_of(graph.nodes()[i].op))
      q.weight.emplace(NodeId(i),
                       quantize_weight(*weight, std::vector<double>(weight->shape.n, 0.0), scheme));
  }
  const double before = largest_shift(graph, q, images);
  q.graph = correct_biases(q, images);
  EXPECT_GT(before, 0.01);
  EXPECT_LT(largest_shift(graph, q, images), 1e-5);
}

TEST(ExpectedShift, IsLessThanTheMeanByWhatChanceExplains) {
  const auto sure = torch::full({8, 1}, 0.5);
  EXPECT_FLOAT_EQ(expected_shift(sure).item<float>(), 0.5F);
  const auto unsure = torch::tensor({-1.0F, 1.1F, -1.0F, 1.1F}).view({4, 1});
  EXPECT_FLOAT_EQ(expected_shift(unsure).item<float>(), 0);
  const auto between = torch::tensor({0.0F, 1.0F, 0.0F, 1.0F}).view({4, 1});  // mean 1/2, error^2 1/12
  EXPECT_NEAR(expected_shift(between).item<float>(), 0.5 * (1 - 4.0 / 12), 1e-6);
  EXPECT_FLOAT_EQ(expected_shift(sure.slice(0, 0, 1)).item<float>(), 0.5F);
}

}  // namespace
}  // namespace zsq::quantize
