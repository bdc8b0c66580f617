#include <algorithm>

#include "graph/torch/operators.h"

/// Sums, products and concatenations.
namespace zsq::torchscript {
namespace {

using torch::Tensor;

/// A constant operand as one value per channel of node x.
std::vector<float> per_channel(Recorder& r, const Call& call, const c10::IValue& value, NodeId x) {
  const Shape& s = r.shape(x);
  if (value.isScalar() && !value.isTensor())
    return std::vector<float>(static_cast<std::size_t>(s.c), value.toScalar().to<float>());
  const Tensor& constant = value.toTensor();
  const std::int64_t extents = call.results[0].dim();
  const auto refused = [&]() {
    refuse(call, "combines an image ", s, " with a constant ", constant.sizes(),
           "; one value per channel is supported");
  };
  if (constant.dim() > extents) refused();
  Tensor c = constant;
  while (c.dim() < extents) c = c.unsqueeze(0);
  for (std::int64_t i = 0; i < extents; ++i)
    if (c.size(i) != 1 && (i != 1 || c.size(i) != s.c)) refused();
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(extents), 1);
  sizes[1] = s.c;
  return r.constant(call, c.expand(sizes));
}

void scale(std::vector<float>& values, double factor) {
  for (float& v : values) v = static_cast<float>(v * factor);
}

std::vector<float> filled(std::size_t count, double value) {
  return std::vector<float>(count, static_cast<float>(value));
}

/// left * a + right * b, where one of the two may be a constant.
NodeId weighted_sum(Recorder& r, const Call& call, double a, double b) {
  const bool left = r.is_traced(call[0]), right = r.is_traced(call[1]);
  if (left && right) {
    const auto weighted = [&](NodeId x, double w) {
      return w == 1 ? x : add_scale(r, call, x, filled(static_cast<std::size_t>(r.shape(x).c), w), {});
    };
    const NodeId x = weighted(r.input(call, 0), a), y = weighted(r.input(call, 1), b);
    if (r.shape(x) != r.shape(y))
      refuse(call, "adds values of different shapes, ", r.shape(x), " and ", r.shape(y),
             "; make them equal first");
    return r.add(call, Add{}, {x, y});
  }
  const NodeId x = r.input(call, left ? 0 : 1);
  std::vector<float> offset = per_channel(r, call, call[left ? 1 : 0], x);
  scale(offset, left ? b : a);
  const double factor = left ? a : b;
  if (factor == 1 && std::ranges::all_of(offset, [](float v) { return v == 0; })) return x;
  const std::size_t channels = offset.size();
  return add_scale(r, call, x, filled(channels, factor), std::move(offset));
}

double alpha(const Call& call) { return call.count() > 2 ? call[2].toScalar().toDouble() : 1.0; }

NodeId add(Recorder& r, const Call& call) { return weighted_sum(r, call, 1, alpha(call)); }
NodeId sub(Recorder& r, const Call& call) { return weighted_sum(r, call, 1, -alpha(call)); }
NodeId rsub(Recorder& r, const Call& call) { return weighted_sum(r, call, -alpha(call), 1); }

NodeId scaled(Recorder& r, const Call& call, NodeId x, std::vector<float> factor) {
  if (std::ranges::all_of(factor, [](float v) { return v == 1; })) return x;
  return add_scale(r, call, x, std::move(factor), {});
}

NodeId mul(Recorder& r, const Call& call) {
  const bool left = r.is_traced(call[0]), right = r.is_traced(call[1]);
  if (!left || !right) {
    const NodeId x = r.input(call, left ? 0 : 1);
    return scaled(r, call, x, per_channel(r, call, call[left ? 1 : 0], x));
  }
  NodeId x = r.factor(call, 0), y = r.factor(call, 1);
  const auto is_factor_of = [&](NodeId f, NodeId image) {
    return r.shape(f) == Shape{1, r.shape(image).c, 1, 1} || r.shape(f) == r.shape(image);
  };
  if (!is_factor_of(y, x)) std::swap(x, y);
  if (!is_factor_of(y, x))
    refuse(call, "multiplies ", r.shape(x), " by ", r.shape(y),
           "; equal shapes and one factor per channel are supported");
  return r.add(call, Mul{}, {x, y});
}

/// div(x, constant, rounding_mode)
NodeId div(Recorder& r, const Call& call) {
  if (!r.is_traced(call[0]) || r.is_traced(call[1]))
    refuse(call, "divides by a value computed from the image; only division by a constant is supported");
  if (call.count() > 2 && !call[2].isNone()) refuse(call, "rounds its quotient, which zsq does not support");
  const NodeId x = r.input(call, 0);
  std::vector<float> factor = per_channel(r, call, call[1], x);
  for (float& f : factor) f = 1 / f;
  return scaled(r, call, x, std::move(factor));
}

NodeId neg(Recorder& r, const Call& call) {
  const NodeId x = r.input(call, 0);
  return scaled(r, call, x, filled(static_cast<std::size_t>(r.shape(x).c), -1));
}

/// Channels of one constant value beside others: what is computed from the image, padded.
NodeId pad_channels(Recorder& r, const Call& call, NodeId x, const Tensor& constant, bool before) {
  const float value = constant.flatten()[0].item<float>();
  if (!constant.eq(value).all().item<bool>() || constant.dim() != 4)
    refuse(call,
           "concatenates a constant that is not the same everywhere; only such padding of channels is "
           "supported");
  const int count = narrow(call, constant.size(1));
  return r.add(call, Pad{before ? Pad::Amount{count, 0} : Pad::Amount{0, count}, {}, {}, value}, {x});
}

/// cat(tensors, dim)
NodeId cat(Recorder& r, const Call& call) {
  const std::vector<Tensor> parts = tensors_in(call[0]);
  const std::int64_t extents = call.results[0].dim();
  if ((call[1].toInt() + extents) % extents != 1)
    refuse(call, "concatenates along extent ", call[1].toInt(),
           "; only along the channels, extent 1, is supported");
  const auto traced = [&](const Tensor& t) { return r.is_traced(t); };
  const auto first = std::ranges::find_if(parts, traced);
  const auto last = std::find_if(parts.rbegin(), parts.rend(), traced).base();
  std::vector<NodeId> inputs;
  for (auto part = first; part != last; ++part) inputs.push_back(r.input(call, *part));
  NodeId x = inputs.size() == 1 ? inputs[0] : r.add(call, Concat{}, inputs);
  for (auto part = first; part != parts.begin(); --part) x = pad_channels(r, call, x, *std::prev(part), true);
  for (auto part = last; part != parts.end(); ++part) x = pad_channels(r, call, x, *part, false);
  return x;
}

}  // namespace

const Handlers& arithmetic_operators() {
  static const Handlers table{
      {"add", add}, {"sub", sub},      {"rsub", rsub},       {"mul", mul},      {"div", div},
      {"neg", neg}, {"multiply", mul}, {"subtract", sub},    {"divide", div},   {"true_divide", div},
      {"cat", cat}, {"concat", cat},   {"concatenate", cat}, {"__iadd__", add}, {"negative", neg}};
  return table;
}

}  // namespace zsq::torchscript
