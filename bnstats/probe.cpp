#include "bnstats/probe.h"

#include <cassert>
#include <limits>

#include <torch/types.h>

namespace zsq::bnstats {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Moments measure(const torch::Tensor& x) {
  const auto mean = x.mean({0, 2, 3});
  const auto variance = x.square().mean({0, 2, 3}) - mean.square();
  return {mean, variance.clamp_min(0)};  // rounding may take a variance below zero
}

bool suits_fused(const torch::Tensor& x) { return x.is_cpu() && x.scalar_type() == torch::kFloat32; }

}  // namespace

Probe::Probe(const Graph& graph, std::span<const Statistics> stored, Pass pass)
    : stored_(stored),
      pass_(pass),
      layers_(graph.nodes().size()),
      absorbed_(graph.nodes().size()),
      moments_(stored.size()) {
  const auto readers = consumers(graph);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const std::size_t norm = index(stored[i].norm);
    Clamp activation{-kInfinity, kInfinity};
    if (const auto reader = only_reader(graph, readers, stored[i].norm)) {
      if (const auto* clamp = std::get_if<Clamp>(&graph[*reader].op)) {
        activation = *clamp;
        absorbed_[index(*reader)] = 1;
      }
    }
    layers_[norm] = Layer{i, FusedNorm(stored[i], activation)};
  }
}

Tap Probe::tap() {
  Tap tap;
  tap.instead = [this](NodeId node, const std::vector<torch::Tensor>& in) { return instead(node, in); };
  return tap;
}

void Probe::reset() { moments_.assign(stored_.size(), {}); }

std::optional<torch::Tensor> Probe::instead(NodeId node, const std::vector<torch::Tensor>& inputs) {
  const auto& layer = layers_[index(node)];
  const bool fused = pass_ == Pass::fused && suits_fused(inputs.front());
  if (layer && fused) {
    NormOutput out = fused_norm(inputs.front(), layer->norm);
    moments_[layer->stored] = std::move(out.moments);
    return out.value;
  }
  if (layer) moments_[layer->stored] = measure(inputs.front());
  if (absorbed_[index(node)] != 0 && fused) return inputs.front();
  return std::nullopt;
}

torch::Tensor Probe::divergence(Distance kind) const {
  std::vector<torch::Tensor> per_layer;
  for (std::size_t i = 0; i < stored_.size(); ++i) {
    assert(moments_[i].mean.defined());
    per_layer.push_back(distance(kind, moments_[i], stored_[i]));
  }
  return torch::stack(per_layer).mean();
}

}  // namespace zsq::bnstats
