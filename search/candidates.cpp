#include "search/candidates.h"

#include <algorithm>
#include <set>

#include "graph/op_traits.h"
#include "quantize/calibrate.h"
#include "quantize/input_moments.h"
#include "quantize/second_order.h"
#include "quantize/steps.h"

namespace zsq::search {
namespace {

using namespace quantize;

std::set<int> widths_in(const auto& knobs) {
  std::set<int> all{8};
  for (const auto& knob : knobs) all.insert(knob.widths.begin(), knob.widths.end());
  return all;
}

/// Rounds every layer at every width by the moments of its inputs in the base network.
void round_by_moments(Candidates& c, const torch::Tensor& images, const Progress& told) {
  constexpr std::int64_t kMost = (std::int64_t{512} << 20) / 8;  // values of moments at once
  std::vector<NodeId> layers;
  for (const auto& [id, weight] : c.base.weight)
    if (const auto size = moments_size(c.base.graph, id); size > 0 && size <= kMost) layers.push_back(id);
  for (std::size_t begin = 0, end = 0; begin < layers.size(); begin = end) {
    for (std::int64_t held = 0; end < layers.size(); ++end)
      if ((held += moments_size(c.base.graph, layers[end])) > kMost) break;
    const auto now = std::span(layers).subspan(begin, end - begin);
    for (const auto& [id, moments] : input_moments(c.base, now, images)) {
      told("rounding " + c.base.graph[id].name);
      for (auto& [bits, weights] : c.weight) {
        QuantizedWeight& grid = weights.at(id);
        grid.codes = round_second_order(*weight_of(c.base.graph[id].op), grid, moments);
      }
    }
  }
}

}  // namespace

Candidates candidates(const Graph& prepared, const Space& space, const Preprocessing& pixels,
                      const torch::Tensor& images, const Scheme& scheme, const Progress& told) {
  const at::NoGradGuard no_gradients;
  const TorchExecutor network(prepared);
  Candidates c{{prepared, units(prepared), {}, {}}, {}, {}};
  Scheme at = scheme;
  at.bits = {};
  at.rounding = Rounding::sum_preserving;
  for (const int bits : widths_in(space.groups)) {
    told("activation ranges at " + std::to_string(bits) + " bits");
    at.activation_bits = bits;
    c.activation[bits] = calibrate_activations(network, c.base.units, images, pixels, at);
  }
  c.base.activation = c.activation.at(8);
  for (const int bits : widths_in(space.layers)) {
    told("weights at " + std::to_string(bits) + " bits");
    at.weight_bits = bits;
    c.weight[bits] = quantize_weights(c.base, at);
  }
  c.base.weight = c.weight.at(8);
  round_by_moments(c, images, told);
  c.base.weight = c.weight.at(8);
  return c;
}

QuantizedGraph assembled(const Candidates& candidates, const Space& space, const Widths& widths) {
  QuantizedGraph q = candidates.base;
  for (std::size_t l = 0; l < space.layers.size(); ++l)
    q.weight[space.layers[l].node] = candidates.weight.at(widths.weights[l]).at(space.layers[l].node);
  for (std::size_t g = 0; g < space.groups.size(); ++g)
    for (const NodeId node : space.groups[g].nodes)
      q.activation[index(node)] = candidates.activation.at(widths.activations[g])[index(node)];
  return q;
}

}  // namespace zsq::search
