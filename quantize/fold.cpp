#include "quantize/fold.h"

#include <cmath>

#include "graph/check.h"
#include "graph/op_traits.h"
#include "graph/rewrite.h"

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

/// Of a transposed convolution, whose weights are [in][out / groups][y][x].
ConvTranspose2d folded(ConvTranspose2d layer, const Affine& a) {
  const Shape& shape = layer.weight.shape;
  layer.bias.resize(a.factor.size(), 0.0F);
  std::size_t weight = 0;
  for (std::int64_t i = 0; i < shape.n; ++i)
    for (std::int64_t o = 0; o < shape.c; ++o) {
      const double factor = a.factor[static_cast<std::size_t>(i / (shape.n / layer.groups) * shape.c + o)];
      for (std::int64_t tap = 0; tap < shape.h * shape.w; ++tap, ++weight)
        layer.weight.values[weight] = static_cast<float>(layer.weight.values[weight] * factor);
    }
  for (std::size_t o = 0; o < layer.bias.size(); ++o)
    layer.bias[o] = static_cast<float>(layer.bias[o] * a.factor[o] + a.shift[o]);
  return layer;
}

Conv2d depthwise(const Affine& a) {
  const auto channels = static_cast<std::int64_t>(a.factor.size());
  Conv2d conv{
      {{channels, 1, 1, 1}, std::vector<float>(a.factor.size(), 1.0F)}, {}, {}, static_cast<int>(channels)};
  return folded(std::move(conv), a);
}

Op with_bias(Op op) {
  const MutableParameters p = parameters(op);
  if (p.weight == nullptr) return op;
  const auto* transposed = std::get_if<ConvTranspose2d>(&op);
  const std::int64_t outputs = transposed == nullptr ? p.weight->shape.n : transposed->outputs();
  p.bias->resize(static_cast<std::size_t>(outputs), 0.0F);
  return op;
}

/// The batch norm that alone needs this convolution's or linear layer's value, if there is one.
std::optional<NodeId> norm_behind(const Graph& graph, const std::vector<std::vector<NodeId>>& readers,
                                  NodeId layer) {
  if (weight_of(graph[layer].op) == nullptr) return std::nullopt;
  const auto reader = only_reader(graph, readers, layer);
  const bool is_norm = reader && std::holds_alternative<BatchNorm2d>(graph[*reader].op);
  return is_norm ? reader : std::nullopt;
}

Op fold_into(const Op& layer, const Affine& a) {
  if (const auto* conv = std::get_if<Conv2d>(&layer)) return folded(*conv, a);
  if (const auto* transposed = std::get_if<ConvTranspose2d>(&layer)) return folded(*transposed, a);
  return folded(std::get<Linear>(layer), a);
}

}  // namespace

Graph fold_batch_norms(const Graph& graph) {
  const Graph logits = up_to_logits(graph);
  const auto readers = consumers(logits);
  Rebuild rebuild(logits);
  for (std::size_t i = 0; i < logits.nodes().size(); ++i) {
    const NodeId id{static_cast<std::int32_t>(i)};
    const Node& node = logits[id];
    check(!std::holds_alternative<Softmax>(node.op), Fault::unsupported, node.name,
          ": a softmax inside the network cannot be quantized; only one at the end, which is dropped");
    const auto* norm = std::get_if<BatchNorm2d>(&node.op);
    if (const auto behind = norm_behind(logits, readers, id)) {
      const Node& folds = logits[*behind];
      rebuild.replace(id, fold_into(node.op, affine(std::get<BatchNorm2d>(folds.op), folds.name)));
    } else if (norm != nullptr && norm_behind(logits, readers, node.inputs[0])) {
      rebuild.redirect(id, rebuild.place(node.inputs[0]));
    } else if (norm != nullptr) {
      rebuild.replace(id, depthwise(affine(*norm, node.name)));
    } else {
      rebuild.replace(id, with_bias(node.op));
    }
  }
  return rebuild.finish();
}

}  // namespace zsq::quantize
