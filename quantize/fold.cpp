#include "quantize/fold.h"

#include <cmath>

#include "graph/check.h"

namespace zsq::quantize {
namespace {

/// A batch norm as y = factor * x + shift, one pair per channel.
struct Affine {
  std::vector<double> factor, shift;
};

Affine affine(const BatchNorm2d& norm, const std::string& name) {
  Affine a;
  for (std::size_t c = 0; c < norm.gamma.size(); ++c) {
    const double variance = double{norm.variance[c]} + norm.epsilon;
    check(variance > 0, Fault::model, name, ": channel ", c, " has a variance of ", norm.variance[c],
          " and an epsilon of ", norm.epsilon, ", so it divides by zero");
    a.factor.push_back(norm.gamma[c] / std::sqrt(variance));
    a.shift.push_back(norm.beta[c] - norm.mean[c] * a.factor.back());
  }
  return a;
}

template <class Layer>
Layer folded(Layer layer, const Affine& a) {
  const auto outputs = a.factor.size();
  const auto per_output = layer.weight.values.size() / outputs;
  layer.bias.resize(outputs, 0.0F);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = o * per_output; i < (o + 1) * per_output; ++i)
      layer.weight.values[i] = static_cast<float>(layer.weight.values[i] * a.factor[o]);
    layer.bias[o] = static_cast<float>(layer.bias[o] * a.factor[o] + a.shift[o]);
  }
  return layer;
}

Conv2d depthwise(const Affine& a) {
  const auto channels = static_cast<std::int64_t>(a.factor.size());
  Conv2d conv{
      {{channels, 1, 1, 1}, std::vector<float>(a.factor.size(), 1.0F)}, {}, {}, static_cast<int>(channels)};
  return folded(std::move(conv), a);
}

Op with_bias(Op op) {
  std::visit(Overloaded{[](Conv2d& o) { o.bias.resize(static_cast<std::size_t>(o.weight.shape.n), 0.0F); },
                        [](Linear& o) { o.bias.resize(static_cast<std::size_t>(o.weight.shape.n), 0.0F); },
                        [](auto&) {}},
             op);
  return op;
}

/// The batch norm that alone reads this convolution or linear layer, if there is one.
const BatchNorm2d* norm_behind(const Graph& graph, NodeId layer, const std::vector<NodeId>& readers) {
  const Op& op = graph[layer].op;
  if (!std::holds_alternative<Conv2d>(op) && !std::holds_alternative<Linear>(op)) return nullptr;
  return readers.size() == 1 ? std::get_if<BatchNorm2d>(&graph[readers[0]].op) : nullptr;
}

Op fold_into(const Op& layer, const Affine& a) {
  if (const auto* conv = std::get_if<Conv2d>(&layer)) return folded(*conv, a);
  return folded(std::get<Linear>(layer), a);
}

}  // namespace

Graph fold_batch_norms(const Graph& graph) {
  const auto readers = consumers(graph);
  Graph out;
  std::vector<NodeId> renamed;  // where each node of the old graph lives in the new one
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    std::vector<NodeId> inputs;
    for (const NodeId input : node.inputs) inputs.push_back(renamed[index(input)]);
    if (const BatchNorm2d* norm = norm_behind(graph, NodeId(i), readers[i])) {
      const Affine a = affine(*norm, graph[readers[i][0]].name);
      renamed.push_back(out.add(node.name, fold_into(node.op, a), std::move(inputs)));
    } else if (const auto* alone = std::get_if<BatchNorm2d>(&node.op)) {
      const NodeId before = node.inputs[0];
      const bool is_folded = norm_behind(graph, before, readers[index(before)]) != nullptr;
      renamed.push_back(is_folded
                            ? inputs[0]
                            : out.add(node.name, depthwise(affine(*alone, node.name)), std::move(inputs)));
    } else if (std::holds_alternative<Softmax>(node.op)) {
      check(NodeId(i) == graph.output(), Fault::unsupported, node.name,
            ": a softmax inside the network cannot be quantized; only one at the end, which is dropped");
      renamed.push_back(inputs[0]);
    } else {
      renamed.push_back(out.add(node.name, with_bias(node.op), std::move(inputs)));
    }
  }
  return out;
}

}  // namespace zsq::quantize
