#include "quantize/lower_tail.h"

#include <algorithm>
#include <cmath>

#include "graph/check.h"
#include "graph/op_traits.h"
#include "quantize/lower_values.h"
#include "quantize/tail_scales.h"

namespace zsq::quantize {
namespace {

namespace rt = zsq::runtime;

std::int32_t in_units(double real, double scale) {
  return static_cast<std::int32_t>(std::llround(std::clamp<double>(real / scale, INT32_MIN, INT32_MAX)));
}

/// A clamp or function of an activation.
double function_of(const Op& op, double x) {
  if (const auto* clamp = std::get_if<Clamp>(&op)) return std::clamp<double>(x, clamp->low, clamp->high);
  return apply(std::get<Pointwise>(op), x);
}

double widest_code(const QParams& grid, const std::function<double(double)>& function) {
  double widest = 0;
  for (int q = grid.lowest(); q <= grid.highest(); ++q)
    widest = std::max(widest, std::abs(function(grid.real(q))));
  return widest;
}

rt::WideActivation activation(const Op& op, double scale) {
  rt::WideActivation step;
  if (const auto* clamp = std::get_if<Clamp>(&op)) {
    step.low = in_units(clamp->low, scale);
    step.high = in_units(clamp->high, scale);
    return step;
  }
  constexpr int kMultiplierBits = 12, kMostShift = 20;
  const double slope = std::get<Pointwise>(op).slope;
  while (step.slope_shift < kMostShift &&
         std::ldexp(std::abs(slope), step.slope_shift + 1) < (1 << kMultiplierBits))
    ++step.slope_shift;
  step.slope_multiplier = static_cast<std::int32_t>(std::lround(std::ldexp(slope, step.slope_shift)));
  return step;
}

}  // namespace

TailLowering::TailLowering(const QuantizedGraph& quantized, const Tail& tail, UnfinishedPlan& plan)
    : quantized_(quantized), graph_(quantized.graph), tail_(tail), plan_(plan) {
  std::vector<double> heads(graph_.nodes().size(), 0);
  for (std::size_t i = 0; i < heads.size(); ++i) heads[i] = largest(NodeId(i));
  scales_ = tail_scales(graph_, tail, tail_bounds(graph_, tail, std::move(heads)));
}

/// Of what makes wide values, and of activations that become ones. 0 of all else.
double TailLowering::largest(NodeId id) {
  const Node& node = graph_[id];
  if (!tail_.contains(id)) {
    const auto& q = quantized_.activation[index(id)];
    return q ? widest_code(*q, [](double x) { return x; }) : 0;
  }
  if (tail_.reads_wide(id)) return 0;
  if (weight_of(node.op) == nullptr)
    return widest_code(grid(node.inputs[0]), [&](double x) { return function_of(node.op, x); });
  WideLayer& layer = layers_[id] = wide_layer(id);
  return choose_shifts(layer.step, layer.accumulator_scale,
                       {{}, grid(node.inputs[0]).bits, grid(node.inputs[0]).zero_point});
}

TailLowering::WideLayer TailLowering::wide_layer(NodeId id) const {
  const Node& node = graph_[id];
  const QuantizedWeight& weight = quantized_.weight.at(id);
  const QParams& in = grid(node.inputs[0]);
  const double constant_scale = in.scale * *std::ranges::max_element(weight.scale);
  LoweredLayer layer =
      lower_kernel(node.op, weight, in, image_behind(graph_, node.inputs[0]), constant_scale);
  rt::WideConv2d step;
  step.kernel = std::move(layer.kernel);
  return {std::move(step), std::move(layer.accumulator_scale)};
}

void TailLowering::lower(NodeId id) {
  if (tail_.reads_wide(id)) return compute(id);
  return weight_of(graph_[id].op) == nullptr ? tabulate(id) : lower_layer(id);
}

rt::SlotId TailLowering::output(NodeId id) {
  const rt::SlotId slot = plan_.add_wide_slot(graph_[id].name, graph_[id].shape, scale(id));
  plan_.slot[index(id)] = slot;
  return slot;
}

/// A value on that scale: the tail's own, or an activation by a table.
rt::SlotId TailLowering::wide(NodeId input, double scale) {
  const rt::SlotId slot = *plan_.slot[index(input)];
  if (tail_.contains(input)) return slot;
  const auto [known, is_new] = entered_.try_emplace({input, scale});
  if (!is_new) return known->second;
  const std::string name = graph_[input].name + ".widen";
  known->second = plan_.add_wide_slot(name, graph_[input].shape, scale);
  plan_.emit(wide_table(slot, known->second, grid(input), scale, [](double x) { return x; }), name);
  return known->second;
}

void TailLowering::lower_layer(NodeId id) {
  WideLayer& layer = layers_.at(id);
  layer.step.in = *plan_.slot[index(graph_[id].inputs[0])];
  layer.step.out = output(id);
  choose_multipliers(layer.step, layer.accumulator_scale, scale(id));
  plan_.emit(std::move(layer.step), graph_[id].name);
}

void TailLowering::tabulate(NodeId id) {
  const Node& node = graph_[id];
  const NodeId in = node.inputs[0];
  plan_.emit(wide_table(*plan_.slot[index(in)], output(id), grid(in), scale(id),
                        [&](double x) { return function_of(node.op, x); }),
             node.name);
}

/// What computes with wide values.
void TailLowering::compute(NodeId id) {
  const Node& node = graph_[id];
  const auto in = [&](std::size_t i) { return wide(node.inputs[i], scale(id)); };
  const auto emit = [&](auto step) {
    step.out = output(id);
    plan_.emit(std::move(step), node.name);
  };
  const auto act = [&](const Op& op) {
    rt::WideActivation step = activation(op, scale(id));
    step.in = in(0);
    emit(step);
  };
  std::visit(Overloaded{
                 [&](const Clamp& op) { act(op); },
                 [&](const Pointwise& op) { act(op); },
                 [&](const Add&) {
                   const rt::SlotId a = in(0), b = in(1);
                   emit(rt::WideAdd{a, b, {}});
                 },
                 [&](const Concat&) {
                   rt::Concat step;
                   for (std::size_t i = 0; i < node.inputs.size(); ++i) step.in.push_back(in(i));
                   emit(std::move(step));
                 },
                 [&](const MaxPool2d& op) {
                   emit(rt::MaxPool{in(0), {}, op.window});
                 },
                 [&](const AvgPool2d& op) {
                   average(id, op.window, op.padded == Padded::included || op.window.padding == Padding{});
                 },
                 [&](const GlobalAvgPool&) {
                   const Shape& s = graph_[node.inputs[0]].shape;
                   average(id, {{static_cast<int>(s.h), static_cast<int>(s.w)}, {}, {}, {}}, true);
                 },
                 [&](const Flatten&) { plan_.slot[index(id)] = in(0); },
                 [&](const Pad& op) {
                   emit(rt::Pad{in(0), {}, op, in_units(op.value, scale(id))});
                 },
                 [&](const zsq::Slice& op) {
                   emit(rt::Slice{in(0), {}, op});
                 },
                 [&](const ChannelShuffle& op) {
                   emit(rt::ChannelShuffle{in(0), {}, op.groups});
                 },
                 [&](const PixelShuffle& op) {
                   emit(rt::PixelShuffle{in(0), {}, op.factor});
                 },
                 [&](const PixelUnshuffle& op) {
                   emit(rt::PixelUnshuffle{in(0), {}, op.factor});
                 },
                 [&](const Upsample& op) { upsample(id, op); },
                 [&](OneOf<Input, Conv2d, ConvTranspose2d, Linear, BatchNorm2d, Mul, Softmax> auto&) {
                   fail(Fault::unsupported, node.name, ": has no form on int32 values");
                 },
             },
             node.op);
}

/// On the scale of what it reads: the sum drops as many bits as the window has places, rounded up, and some
/// more; the multiplier takes both back, and the divisor.
void TailLowering::average(NodeId id, const Window& window, bool constant) {
  const int places = window.kernel.h * window.kernel.w;
  rt::WideAvgPool step;
  step.in = wide(graph_[id].inputs[0], scale(id));
  step.window = window;
  while ((std::int64_t{1} << step.shift) < places) ++step.shift;
  constexpr int kMultiplierBits = 12;
  step.post_shift = static_cast<std::uint8_t>(std::clamp(30 - step.shift, 0, kMultiplierBits));
  for (int n = constant ? places : 1; n <= places; ++n)
    step.multiplier.push_back(
        static_cast<std::int32_t>(std::lround(std::ldexp(1.0, step.shift + step.post_shift) / n)));
  step.out = output(id);
  plan_.emit(std::move(step), graph_[id].name);
}

void TailLowering::upsample(NodeId id, const Upsample& op) {
  const NodeId input = graph_[id].inputs[0];
  switch (op.mode) {
    case Upsample::Mode::nearest: {
      const rt::SlotId in = wide(input, scale(id));
      plan_.emit(rt::UpsampleNearest{in, output(id), op.factor}, graph_[id].name);
      return;
    }
    case Upsample::Mode::bilinear: {
      const int shift = upsampling_shift(op.factor);
      const rt::SlotId in = wide(input, scale(id) * 4 * op.factor.h * op.factor.w / std::ldexp(1.0, shift));
      plan_.emit(rt::WideUpsample{in, output(id), op.factor, static_cast<std::uint8_t>(shift)},
                 graph_[id].name);
      return;
    }
  }
}

}  // namespace zsq::quantize
