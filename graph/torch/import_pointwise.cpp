#include <cmath>

#include "graph/torch/operators.h"

/// Functions of one value, softmax and padding.
namespace zsq::torchscript {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

float bound(const Call& call, std::size_t argument, float absent) {
  const c10::IValue& value = call[argument];
  if (value.isNone()) return absent;
  if (!value.isScalar()) refuse(call, "is bounded by a tensor; a number is supported");
  return value.toScalar().to<float>();
}

NodeId clamp_to(Recorder& r, const Call& call, float low, float high) {
  if (!(low <= high))
    refuse(call, "clamps to [", low, ", ", high, "], where the lower bound must not be above the upper");
  return r.add(call, Clamp{low, high}, {r.input(call, 0)});
}

NodeId relu(Recorder& r, const Call& call) { return clamp_to(r, call, 0, kInfinity); }
NodeId relu6(Recorder& r, const Call& call) { return clamp_to(r, call, 0, 6); }
NodeId clamp(Recorder& r, const Call& call) {
  return clamp_to(r, call, bound(call, 1, -kInfinity), bound(call, 2, kInfinity));
}
NodeId clamp_min(Recorder& r, const Call& call) {
  return clamp_to(r, call, bound(call, 1, -kInfinity), kInfinity);
}
NodeId clamp_max(Recorder& r, const Call& call) {
  return clamp_to(r, call, -kInfinity, bound(call, 1, kInfinity));
}

template <Function function>
NodeId pointwise(Recorder& r, const Call& call) {
  return r.add(call, Pointwise{function, 0}, {r.input(call, 0)});
}

NodeId leaky_relu(Recorder& r, const Call& call) {
  return r.add(call, Pointwise{Function::leaky_relu, call[1].toScalar().to<float>()}, {r.input(call, 0)});
}

/// softmax(x, dim, dtype), log_softmax(x, dim, dtype)
template <Softmax::Of of>
NodeId softmax(Recorder& r, const Call& call) {
  const NodeId x = r.input(call, 0);
  const std::int64_t extents = call[0].toTensor().dim();
  if ((call[1].toInt() + extents) % extents != 1 || r.shape(x).h != 1 || r.shape(x).w != 1)
    refuse(call,
           "is a softmax over something else than the channels of one vector, which zsq does not support");
  return r.add(call, Softmax{of}, {x});
}

/// {before, after} pairs, last extent first, as torch.nn.functional.pad has them.
NodeId add_padding(Recorder& r, const Call& call, double value) {
  const NodeId x = r.input(call, 0);
  std::vector<std::int64_t> amounts = integers(call, 1);
  if (amounts.size() > 6 || call[0].toTensor().dim() != 4)
    refuse(call, "pads something else than channels, rows and columns of an image");
  amounts.resize(6);
  for (const std::int64_t a : amounts)
    if (a < 0)
      refuse(call, "pads by ", a, "; zsq supports amounts that are not negative, use a slice to crop");
  const auto amount = [&](std::size_t i) {
    return Pad::Amount{narrow(call, amounts[i]), narrow(call, amounts[i + 1])};
  };
  const Pad pad{amount(4), amount(2), amount(0), static_cast<float>(value)};
  const bool nothing = pad.c == Pad::Amount{} && pad.h == Pad::Amount{} && pad.w == Pad::Amount{};
  return nothing ? x : r.add(call, pad, {x});
}

/// pad(x, amounts, mode, value)
NodeId pad(Recorder& r, const Call& call) {
  if (call[2].toStringRef() != "constant")
    refuse(call, "pads by '", call[2].toStringRef(),
           "'; constant padding is supported, so train with padding_mode='zeros'");
  return add_padding(r, call, call[3].isNone() ? 0.0 : call[3].toScalar().toDouble());
}

/// constant_pad_nd(x, amounts, value)
NodeId constant_pad(Recorder& r, const Call& call) {
  return add_padding(r, call, call[2].toScalar().toDouble());
}

}  // namespace

const Handlers& pointwise_operators() {
  static const Handlers table{
      {"relu", relu},
      {"relu6", relu6},
      {"clamp", clamp},
      {"clip", clamp},
      {"hardtanh", clamp},
      {"clamp_min", clamp_min},
      {"clamp_max", clamp_max},
      {"sigmoid", pointwise<Function::sigmoid>},
      {"hardsigmoid", pointwise<Function::hardsigmoid>},
      {"silu", pointwise<Function::silu>},
      {"hardswish", pointwise<Function::hardswish>},
      {"leaky_relu", leaky_relu},
      {"softmax", softmax<Softmax::Of::probabilities>},
      {"log_softmax", softmax<Softmax::Of::logarithms>},
      {"pad", pad},
      {"constant_pad_nd", constant_pad},
  };
  return table;
}

}  // namespace zsq::torchscript
