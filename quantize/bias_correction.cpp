#include "quantize/bias_correction.h"

#include <algorithm>

#include <torch/types.h>

#include "graph/op_traits.h"
#include "graph/rewrite.h"
#include "quantize/simulate.h"

namespace zsq::quantize {
namespace {

constexpr std::int64_t kLargestActivation = std::int64_t{1} << 26;  // floats

torch::Tensor channel_means(const torch::Tensor& value) { return value.mean({2, 3}); }  // [n, c]

/// As many images as fit memory; all of them where the network is small.
torch::Tensor affordable(const Graph& graph, const torch::Tensor& images) {
  std::int64_t widest = 1;
  for (const Node& node : graph.nodes()) widest = std::max(widest, node.shape.size());
  return images.slice(0, 0, std::min(images.size(0), std::max<std::int64_t>(1, kLargestActivation / widest)));
}

/// The mean of each layer's output in float, per image and channel.
std::vector<torch::Tensor> float_means(const Graph& graph, const torch::Tensor& images) {
  std::vector<torch::Tensor> means(graph.nodes().size());
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) {
    if (weight_of(graph[id].op) != nullptr) means[index(id)] = channel_means(value);
    return value;
  };
  TorchExecutor(graph).run_all(images, tap);
  return means;
}

Graph with_shifted_biases(const Graph& graph, const std::vector<torch::Tensor>& shifts) {
  return map_ops(graph, [&](NodeId id, Op op) {
    if (std::vector<float>* bias = parameters(op).bias) {
      const auto values = shifts[index(id)].contiguous();
      for (std::size_t o = 0; o < bias->size(); ++o) (*bias)[o] += values.data_ptr<float>()[o];
    }
    return op;
  });
}

}  // namespace

torch::Tensor expected_shift(const torch::Tensor& differences) {
  const auto mean = differences.mean(0);
  const auto n = differences.size(0);
  if (n < 2) return mean;
  const auto square_error = differences.var(0, /*unbiased=*/true) / static_cast<double>(n);
  const auto share = (1 - square_error / mean.square().clamp_min(1e-30)).clamp_min(0);
  return mean * share;
}

Graph correct_biases(const QuantizedGraph& quantized, const torch::Tensor& images) {
  const at::NoGradGuard no_gradients;
  const torch::Tensor used = affordable(quantized.graph, images);
  const auto wanted = float_means(quantized.graph, used);
  std::vector<torch::Tensor> shifts(wanted.size());
  Tap tap = rounding_tap(quantized);
  tap.after = [&, round = tap.after](NodeId id, const torch::Tensor& value) {
    if (!wanted[index(id)].defined()) return round(id, value);
    shifts[index(id)] = expected_shift(wanted[index(id)] - channel_means(value)).view({1, -1, 1, 1});
    return round(id, value + shifts[index(id)]);
  };
  TorchExecutor(dequantized(quantized)).run_all(used, tap);
  return with_shifted_biases(quantized.graph, shifts);
}

Graph correct_biases_apart(const QuantizedGraph& quantized, const torch::Tensor& images) {
  const at::NoGradGuard no_gradients;
  const Graph& graph = quantized.graph;
  const TorchExecutor real(graph), rounded(dequantized(quantized));
  std::vector<torch::Tensor> shifts(graph.nodes().size());
  Tap tap;
  tap.instead = [&](NodeId id, const std::vector<torch::Tensor>& inputs) -> std::optional<torch::Tensor> {
    if (!quantized.weight.contains(id)) return std::nullopt;
    const torch::Tensor wanted = real.apply(id, inputs);
    const QParams& grid = *quantized.activation[index(graph[id].inputs[0])];
    const torch::Tensor got = rounded.apply(id, {on_grid(inputs[0], grid)});
    shifts[index(id)] = expected_shift(channel_means(wanted - got));
    return wanted;
  };
  real.run_all(affordable(graph, images), tap);
  return with_shifted_biases(graph, shifts);
}

}  // namespace zsq::quantize
