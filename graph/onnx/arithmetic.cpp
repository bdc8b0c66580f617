#include <algorithm>
#include <cmath>

#include "graph/onnx/handlers.h"

/// Sums, products and concatenations.
namespace zsq::onnx {
namespace {

/// A constant operand as one value for each channel of node x, which is operand `image`.
std::vector<float> per_channel(Importer& i, const Node& node, std::size_t input, std::size_t image,
                               NodeId x) {
  const Tensor* t = i.constant(node, input);
  need(t != nullptr, node, "lacks an operand");
  const std::size_t axes = i.dims(node, image).size();
  const auto ignored = t->dims.size() < axes ? axes - t->dims.size() : 0;
  const std::int64_t channels = i.shape(x).c;
  bool fits = t->dims.size() <= axes;
  for (std::size_t d = 0; fits && d < t->dims.size(); ++d)
    fits = t->dims[d] == 1 || (ignored + d == 1 && t->dims[d] == channels);
  if (!fits)
    refuse(node, "combines an image ", i.shape(x), " with a constant of ", t->count(),
           " values; one value for each channel is supported");
  std::vector<float> values = i.values(node, input);
  i.take(channels, node);
  values.resize(static_cast<std::size_t>(channels), values.front());
  return values;
}

std::vector<float> filled(Importer& i, const Node& node, NodeId x, float value) {
  i.take(i.shape(x).c, node);
  return std::vector<float>(static_cast<std::size_t>(i.shape(x).c), value);
}

NodeId sum(Importer& i, const Node& node, NodeId x, NodeId y) {
  if (i.shape(x) != i.shape(y))
    refuse(node, "adds values of different shapes, ", i.shape(x), " and ", i.shape(y),
           "; make them equal first");
  return i.add(node, Add{}, {x, y});
}

NodeId negative(Importer& i, const Node& node, NodeId x) {
  return i.add_scale(node, x, filled(i, node, x, -1), {});
}

/// A matrix product without a bias takes a constant that is added as its own.
std::optional<NodeId> with_bias(Importer& i, const Node& node, NodeId x, const std::vector<float>& offset) {
  const auto* linear = std::get_if<Linear>(&i.op(x));
  if (linear == nullptr || !linear->bias.empty()) return std::nullopt;
  i.take(std::ssize(linear->weight.values), node);
  Linear both{linear->weight, offset};
  return i.add(node, std::move(both), {i.inputs_of(x).front()});
}

NodeId add(Importer& i, const Node& node) {
  if (i.is_traced(node, 0) && i.is_traced(node, 1)) return sum(i, node, i.input(node, 0), i.input(node, 1));
  const std::size_t image = i.is_traced(node, 0) ? 0 : 1;
  const NodeId x = i.input(node, image);
  std::vector<float> offset = per_channel(i, node, 1 - image, image, x);
  if (std::ranges::all_of(offset, [](float v) { return v == 0; })) return x;
  if (const auto linear = with_bias(i, node, x, offset)) return *linear;
  return i.add_scale(node, x, filled(i, node, x, 1), std::move(offset));
}

NodeId subtract(Importer& i, const Node& node) {
  if (i.is_traced(node, 0) && i.is_traced(node, 1))
    return sum(i, node, i.input(node, 0), negative(i, node, i.input(node, 1)));
  const std::size_t image = i.is_traced(node, 0) ? 0 : 1;
  const NodeId x = i.input(node, image);
  std::vector<float> offset = per_channel(i, node, 1 - image, image, x);
  if (image == 0)
    for (float& v : offset) v = -v;
  return i.add_scale(node, x, filled(i, node, x, image == 0 ? 1 : -1), std::move(offset));
}

/// Of any number of values.
NodeId sum_of_all(Importer& i, const Node& node) {
  NodeId all = i.input(node, 0);
  for (std::size_t k = 1; k < node.inputs.size(); ++k) all = sum(i, node, all, i.input(node, k));
  return all;
}

NodeId scaled(Importer& i, const Node& node, NodeId x, std::vector<float> factor) {
  if (std::ranges::all_of(factor, [](float v) { return v == 1; })) return x;
  return i.add_scale(node, x, std::move(factor), {});
}

/// x * sigmoid(x) and x * hardsigmoid(x), as exporters write silu and hardswish.
std::optional<NodeId> gated(Importer& i, const Node& node, NodeId x, NodeId gate) {
  const auto* f = std::get_if<Pointwise>(&i.op(gate));
  if (f == nullptr || i.inputs_of(gate).front() != x) return std::nullopt;
  if (f->function == Function::sigmoid) return i.add(node, Pointwise{Function::silu, 0}, {x});
  if (f->function == Function::hardsigmoid) return i.add(node, Pointwise{Function::hardswish, 0}, {x});
  return std::nullopt;
}

NodeId multiply(Importer& i, const Node& node) {
  const bool left = i.is_traced(node, 0), right = i.is_traced(node, 1);
  if (!left || !right) {
    const std::size_t image = left ? 0 : 1;
    const NodeId x = i.input(node, image);
    return scaled(i, node, x, per_channel(i, node, 1 - image, image, x));
  }
  NodeId x = i.input(node, 0), y = i.input(node, 1);
  if (const auto silu = gated(i, node, x, y)) return *silu;
  if (const auto silu = gated(i, node, y, x)) return *silu;
  const auto is_factor_of = [&](NodeId f, NodeId image) {
    return i.shape(f) == Shape{1, i.shape(image).c, 1, 1} || i.shape(f) == i.shape(image);
  };
  if (!is_factor_of(y, x)) std::swap(x, y);
  if (!is_factor_of(y, x))
    refuse(node, "multiplies ", i.shape(x), " by ", i.shape(y),
           "; equal shapes and one factor for each channel are supported");
  return i.add(node, Mul{}, {x, y});
}

NodeId divide(Importer& i, const Node& node) {
  if (!i.is_traced(node, 0) || i.is_traced(node, 1))
    refuse(node, "divides by a value computed from the image; only division by a constant is supported");
  const NodeId x = i.input(node, 0);
  std::vector<float> factor = per_channel(i, node, 1, 0, x);
  for (float& f : factor) f = 1 / f;
  need(std::ranges::all_of(factor, [](float v) { return std::isfinite(v); }), node, "divides by zero");
  return scaled(i, node, x, std::move(factor));
}

NodeId negate(Importer& i, const Node& node) { return negative(i, node, i.input(node, 0)); }

/// Channels of one constant value beside others: what is computed from the image, padded.
NodeId pad_channels(Importer& i, const Node& node, NodeId x, std::size_t input, bool before) {
  const Tensor* t = i.constant(node, input);
  if (t == nullptr || t->dims.size() != 4) refuse(node, "concatenates a constant that is no image");
  const std::vector<float> values = i.values(node, input);
  const bool same = std::ranges::all_of(values, [&](float v) { return v == values.front(); });
  const bool fits = t->dims[2] == i.shape(x).h && t->dims[3] == i.shape(x).w;
  if (values.empty() || !same || !fits)
    refuse(node,
           "concatenates a constant that is not the same everywhere; only such padding of channels is "
           "supported");
  const int count = narrow(node, t->dims[1]);
  return i.add(node, Pad{before ? Pad::Amount{count, 0} : Pad::Amount{0, count}, {}, {}, values.front()},
               {x});
}

NodeId concat(Importer& i, const Node& node) {
  std::size_t first = node.inputs.size(), last = 0;
  for (std::size_t k = 0; k < node.inputs.size(); ++k)
    if (i.is_traced(node, k)) {
      first = std::min(first, k);
      last = k;
    }
  const std::size_t axes = i.dims(node, first).size();
  if (axis_of(node, node.integer("axis", 1), axes) != 1)
    refuse(node, "concatenates along the axis ", node.integer("axis", 1),
           "; only along the channels, axis 1, is supported");
  std::vector<NodeId> inputs;
  for (std::size_t k = first; k <= last; ++k) inputs.push_back(i.input(node, k));
  NodeId x = inputs.size() == 1 ? inputs[0] : i.add(node, Concat{}, inputs);
  for (std::size_t k = first; k-- > 0;) x = pad_channels(i, node, x, k, true);
  for (std::size_t k = last + 1; k < node.inputs.size(); ++k) x = pad_channels(i, node, x, k, false);
  return x;
}

}  // namespace

const Handlers& arithmetic() {
  static const Handlers table{{"Add", add},    {"Sub", subtract}, {"Sum", sum_of_all}, {"Mul", multiply},
                              {"Div", divide}, {"Neg", negate},   {"Concat", concat}};
  return table;
}

}  // namespace zsq::onnx
