#include "quantize/input_moments.h"

#include <algorithm>

#include "graph/op_traits.h"
#include "quantize/simulate.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

/// What one output of a layer sums over.
struct Patch {
  std::int64_t groups = 0, taps = 0;
};

Patch patch_of(const Op& op) {
  if (const auto* conv = std::get_if<Conv2d>(&op))
    return {conv->groups, conv->weight.shape.c * conv->weight.shape.h * conv->weight.shape.w};
  if (const auto* linear = std::get_if<Linear>(&op)) return {1, linear->weight.shape.c};
  return {};
}

/// [groups, taps, places] of one batch, places of all its images side by side.
Tensor patches(const Op& op, const Tensor& input) {
  const auto [groups, taps] = patch_of(op);
  const auto* conv = std::get_if<Conv2d>(&op);
  if (conv == nullptr) return input.flatten(1).t().unsqueeze(0);
  const Window& w = conv->window;
  const Padding& p = w.padding;
  const Tensor padded =
      p == Padding{} ? input : torch::constant_pad_nd(input, {p.left, p.right, p.top, p.bottom}, 0);
  const Tensor columns = at::im2col(padded, {w.kernel.h, w.kernel.w}, {w.dilation.h, w.dilation.w}, {0, 0},
                                    {w.stride.h, w.stride.w});  // [n, groups * taps, places]
  return columns.transpose(0, 1).reshape({groups, taps, -1});
}

struct Sums {
  Tensor first, second;
  std::int64_t places = 0, images = 0;
};

void add(Sums& sums, const Op& op, const Tensor& input) {
  for (const Tensor& image : input.split(1)) {  // so that columns of one image are held, not of a batch
    const Tensor x = patches(op, image);
    const Tensor first = x.sum(2).to(torch::kFloat64);
    const Tensor second = torch::bmm(x, x.transpose(1, 2)).to(torch::kFloat64);
    sums.first = sums.first.defined() ? sums.first.add_(first) : first;
    sums.second = sums.second.defined() ? sums.second.add_(second) : second;
    sums.places += x.size(2);
    ++sums.images;
  }
}

}  // namespace

std::int64_t moments_size(const Graph& graph, NodeId layer) {
  const auto [groups, taps] = patch_of(graph[layer].op);
  return groups * taps * taps;
}

std::map<NodeId, InputMoments> input_moments(const QuantizedGraph& quantized, std::span<const NodeId> layers,
                                             const torch::Tensor& images) {
  constexpr std::int64_t kBatch = 8, kPlacesThatCount = 64;
  const at::NoGradGuard no_gradients;
  const Graph& graph = quantized.graph;
  std::map<NodeId, Sums> sums;
  Tap tap = rounding_tap(quantized);
  tap.instead = [&](NodeId id, const std::vector<Tensor>& inputs) -> std::optional<Tensor> {
    if (std::ranges::find(layers, id) != layers.end()) add(sums[id], graph[id].op, inputs[0]);
    return std::nullopt;
  };
  const TorchExecutor network(dequantized(quantized));
  for (const Tensor& batch : images.split(kBatch)) network.run_all(batch, tap);
  std::map<NodeId, InputMoments> all;
  for (const auto& [id, s] : sums) {
    const auto places = static_cast<double>(s.places);
    all[id] = {s.first / places, s.second / places,
               s.images * std::min(s.places / s.images, kPlacesThatCount)};
  }
  return all;
}

}  // namespace zsq::quantize
