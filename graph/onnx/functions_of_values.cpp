#include <algorithm>
#include <cmath>

#include "graph/onnx/handlers.h"

/// Functions of one value, softmax and padding.
namespace zsq::onnx {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

NodeId clamp_to(Importer& i, const Node& node, NodeId x, float low, float high) {
  if (!(low <= high))
    refuse(node, "clamps to [", low, ", ", high, "], where the lower bound must not be above the upper");
  return i.add(node, Clamp{low, high}, {x});
}

NodeId relu(Importer& i, const Node& node) { return clamp_to(i, node, i.input(node, 0), 0, kInfinity); }

/// A bound is an attribute up to operator set 10, an input from 11 on.
float bound(Importer& i, const Node& node, std::size_t input, std::string_view attribute, float absent) {
  if (const Tensor* t = i.constant(node, input)) {
    if (t->count() != 1) refuse(node, "is bounded by ", t->count(), " values; one is supported");
    const float value = floats(*t).front();
    need(!std::isnan(value), node, "has a bound that is no number");
    return value;
  }
  return node.number(attribute, absent);
}

NodeId clip(Importer& i, const Node& node) {
  float low = bound(i, node, 1, "min", -kInfinity), high = bound(i, node, 2, "max", kInfinity);
  if (low <= -std::numeric_limits<float>::max()) low = -kInfinity;  // how older ones say that there is none
  if (high >= std::numeric_limits<float>::max()) high = kInfinity;
  return clamp_to(i, node, i.input(node, 0), low, high);
}

/// max(x, constant) and min(x, constant)
NodeId limited(Importer& i, const Node& node, bool from_below) {
  if (node.inputs.size() != 2 || (i.is_traced(node, 0) && i.is_traced(node, 1)))
    refuse(node, "takes the largest or smallest of several values; only a constant bound is supported");
  const std::size_t x = i.is_traced(node, 0) ? 0 : 1;
  const float value = bound(i, node, 1 - x, "", 0);
  return clamp_to(i, node, i.input(node, x), from_below ? value : -kInfinity, from_below ? kInfinity : value);
}
NodeId max(Importer& i, const Node& node) { return limited(i, node, true); }
NodeId min(Importer& i, const Node& node) { return limited(i, node, false); }

template <Function function>
NodeId pointwise(Importer& i, const Node& node) {
  return i.add(node, Pointwise{function, 0}, {i.input(node, 0)});
}

NodeId swish(Importer& i, const Node& node) {
  if (node.number("alpha", 1) != 1)
    refuse(node, "has an alpha of ", node.number("alpha", 1), "; 1 is supported");
  return pointwise<Function::silu>(i, node);
}

/// max(0, min(1, alpha * x + beta)); PyTorch's has 1/6 and 1/2.
NodeId hard_sigmoid(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  const float alpha = node.number("alpha", 0.2F), beta = node.number("beta", 0.5F);
  if (std::abs(alpha - 1.0F / 6) < 1e-6F && beta == 0.5F)
    return i.add(node, Pointwise{Function::hardsigmoid, 0}, {x});
  const auto channels = static_cast<std::size_t>(i.shape(x).c);
  i.take(2 * i.shape(x).c, node);
  const NodeId line =
      i.add_scale(node, x, std::vector<float>(channels, alpha), std::vector<float>(channels, beta));
  return clamp_to(i, node, line, 0, 1);
}

NodeId leaky(Importer& i, const Node& node, NodeId x, float slope) {
  if (!std::isfinite(slope)) refuse(node, "has a slope that is not finite");
  return i.add(node, Pointwise{Function::leaky_relu, slope}, {x});
}

NodeId leaky_relu(Importer& i, const Node& node) {
  return leaky(i, node, i.input(node, 0), node.number("alpha", 0.01F));
}

/// With one slope for all channels it is a leaky ReLU.
NodeId prelu(Importer& i, const Node& node) {
  const std::vector<float> slopes = i.values(node, 1);
  need(!slopes.empty(), node, "has no slope");
  if (std::ranges::any_of(slopes, [&](float s) { return s != slopes.front(); }))
    refuse(node, "has another slope for each channel; one for all is supported");
  return leaky(i, node, i.input(node, 0), slopes.front());
}

/// Up to operator set 12 over all axes from `axis` on, then along it.
template <Softmax::Of of>
NodeId softmax(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  const auto axes = i.dims(node, 0).size();
  const std::int64_t absent = i.model().opset < 13 ? 1 : -1;
  const std::size_t axis = axis_of(node, node.integer("axis", absent), axes);
  if (axis != 1 || i.shape(x).h != 1 || i.shape(x).w != 1)
    refuse(node,
           "is a softmax over something else than the channels of one vector, which zsq does not support");
  return i.add(node, Softmax{of}, {x});
}

/// Amounts before and after each of four axes, of which the batch has none.
std::vector<std::int64_t> amounts(Importer& i, const Node& node) {
  const std::size_t axes = i.dims(node, 0).size();
  const Call call = i.call(node);
  const auto given = list(call, 1, "pads");
  need(given.has_value(), node, "does not say how much it pads");
  std::vector<std::int64_t> padded(axes);
  for (std::size_t a = 0; a < axes; ++a) padded[a] = static_cast<std::int64_t>(a);
  padded = list(call, 3, "axes").value_or(padded);
  need(given->size() == 2 * padded.size(), node, "has ", given->size(), " amounts for ", padded.size(),
       " axes");
  std::vector<std::int64_t> all(2 * axes);
  for (std::size_t a = 0; a < padded.size(); ++a) {
    const std::size_t axis = axis_of(node, padded[a], axes);
    all[axis] = (*given)[a];
    all[axes + axis] = (*given)[padded.size() + a];
  }
  return all;
}

NodeId pad(Importer& i, const Node& node) {
  const std::string mode = node.text("mode", "constant");
  if (mode != "constant")
    refuse(node, "pads by '", mode.substr(0, 40),
           "'; constant padding is supported, so train with padding_mode='zeros'");
  const NodeId x = i.input(node, 0);
  std::vector<std::int64_t> all = amounts(i, node);
  if (all.size() == 4) all = {all[0], all[1], 0, 0, all[2], all[3], 0, 0};
  if (all[0] != 0 || all[4] != 0) refuse(node, "pads the batch");
  for (const std::int64_t a : all)
    if (a < 0)
      refuse(node, "pads by ", a, "; zsq supports amounts that are not negative, use a slice to crop");
  const auto amount = [&](std::size_t axis) {
    return Pad::Amount{narrow(node, all[axis]), narrow(node, all[4 + axis])};
  };
  const float value = bound(i, node, 2, "value", 0);
  const Pad op{amount(1), amount(2), amount(3), value};
  const bool nothing = op.c == Pad::Amount{} && op.h == Pad::Amount{} && op.w == Pad::Amount{};
  return nothing ? x : i.add(node, op, {x});
}

}  // namespace

const Handlers& functions_of_values() {
  static const Handlers table{{"Relu", relu},
                              {"Clip", clip},
                              {"Max", max},
                              {"Min", min},
                              {"Sigmoid", pointwise<Function::sigmoid>},
                              {"HardSwish", pointwise<Function::hardswish>},
                              {"Swish", swish},
                              {"HardSigmoid", hard_sigmoid},
                              {"LeakyRelu", leaky_relu},
                              {"PRelu", prelu},
                              {"Softmax", softmax<Softmax::Of::probabilities>},
                              {"LogSoftmax", softmax<Softmax::Of::logarithms>},
                              {"Pad", pad}};
  return table;
}

}  // namespace zsq::onnx
