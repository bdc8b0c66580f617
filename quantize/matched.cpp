#include "quantize/matched.h"

#include <algorithm>
#include <cmath>

#include "graph/op_traits.h"
#include "graph/rewrite.h"
#include "graph/torch/executor.h"
#include "quantize/lower_layer.h"
#include "quantize/norms_of_layers.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

/// A layer's output as it is made: y -> factor * y + shift.
struct Affine {
  std::vector<double> factor, shift;
};

Tensor per_channel(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32).view({1, -1, 1, 1});
}

Affine affine(const Tensor& output, const BatchNorm2d& norm) {
  constexpr double kMost = 8;
  const Tensor mean = output.mean({0, 2, 3}).to(torch::kFloat64);
  const Tensor variance = output.var({0, 2, 3}, /*unbiased=*/false).to(torch::kFloat64);
  Affine a;
  for (std::size_t c = 0; c < norm.gamma.size(); ++c) {
    const auto at = static_cast<std::int64_t>(c);
    const double seen = std::sqrt(variance[at].item<double>());
    const double kept = norm.variance[c] / (norm.variance[c] + norm.epsilon);
    const double wanted = std::abs(norm.gamma[c]) * std::sqrt(std::max(0.0, kept));
    a.factor.push_back(wanted > 0 && seen > 0 ? std::clamp(wanted / seen, 1 / kMost, kMost) : 1);
    a.shift.push_back(norm.beta[c] - a.factor.back() * mean[at].item<double>());
  }
  return a;
}

Op with(Op op, const Affine& a) {
  const MutableParameters p = parameters(op);
  const std::size_t per_output = p.weight->values.size() / a.factor.size();
  for (std::size_t o = 0; o < a.factor.size(); ++o) {
    for (std::size_t i = o * per_output; i < (o + 1) * per_output; ++i)
      p.weight->values[i] = static_cast<float>(p.weight->values[i] * a.factor[o]);
    (*p.bias)[o] = static_cast<float>((*p.bias)[o] * a.factor[o] + a.shift[o]);
  }
  return op;
}

}  // namespace

Matched matched_to_norms(const Graph& graph, const Graph& prepared, const Tensor& images) {
  const at::NoGradGuard no_gradients;
  const auto norms = norms_of_layers(graph);
  std::map<NodeId, Affine> affines;
  Tap tap;
  tap.after = [&](NodeId id, const Tensor& value) {
    const auto norm = norms.find(prepared[id].name);
    if (norm == norms.end() || weight_of(prepared[id].op) == nullptr) return value;
    const Affine& a = affines[id] = affine(value, *norm->second);
    return value * per_channel(a.factor) + per_channel(a.shift);
  };
  TorchExecutor(prepared).run_all(images, tap);
  Matched matched{map_ops(prepared,
                          [&](NodeId id, Op op) {
                            const auto found = affines.find(id);
                            return found == affines.end() ? op : with(std::move(op), found->second);
                          }),
                  {}};
  for (auto& [id, a] : affines) matched.factors[id] = std::move(a.factor);
  return matched;
}

QuantizedGraph of_real(const Matched& matched, QuantizedGraph quantized, const Graph& prepared) {
  const Graph corrected = std::move(quantized.graph);
  quantized.graph = map_ops(prepared, [&](NodeId id, Op op) {
    const auto factors = matched.factors.find(id);
    std::vector<float>* bias = parameters(op).bias;
    for (std::size_t o = 0; bias != nullptr && o < bias->size(); ++o) {
      const double added = (*bias_of(corrected[id].op))[o] - (*bias_of(matched.graph[id].op))[o];
      const double factor = factors == matched.factors.end() ? 1 : factors->second[o];
      (*bias)[o] += static_cast<float>(added / factor);
    }
    return op;
  });
  for (auto& [id, weight] : quantized.weight) {
    const auto factors = matched.factors.find(id);
    if (factors == matched.factors.end()) continue;
    const Node& node = prepared[id];
    const auto smallest =
        smallest_scales(*bias_of(quantized.graph[id].op), *quantized.activation[index(node.inputs[0])]);
    for (std::size_t o = 0; o < weight.scale.size(); ++o)
      weight.scale[o] =
          is_constant(weight, o) ? 1 : std::max(weight.scale[o] / factors->second[o], smallest[o]);
  }
  return quantized;
}

}  // namespace zsq::quantize
