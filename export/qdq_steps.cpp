#include <cmath>

#include "export/layer_numbers.h"
#include "export/qdq_values.h"
#include "graph/check.h"

/// How each step of a plan is written.
namespace zsq::runtime::exporting {
namespace {

using Attributes = std::vector<onnx::ModelWriter::NamedAttribute>;
using Extents = std::vector<std::int64_t>;

Extents pair_of(Size2 size) { return {size.h, size.w}; }
Extents pads_of(const Padding& p) { return {p.top, p.left, p.bottom, p.right}; }

std::vector<float> as_floats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

/// The layer that is written, as a convolution.
std::string convolution(Values& v, SlotId in) {
  const LayerNumbers layer = *layer_numbers(v.file(), v.step());
  const std::vector<float> scales = as_floats(layer.scale);
  const std::vector<std::int8_t> zeros(scales.size());
  const Window& w = *layer.window;
  const std::int64_t outputs = layer.dims[0];
  const std::string stored = v.weights("/weight", layer.weight, layer.dims, layer.bits);
  const std::string scale = v.floats("/weight_scale", scales, {outputs});
  const std::string weights = v.model().node(
      "DequantizeLinear", v.name("/weight_real"),
      {stored, scale, v.weights("/weight_zero", zeros, {outputs}, layer.bits)}, {{"axis", std::int64_t{0}}});
  std::string added;
  if (v.profile() == Profile::ort) {
    std::vector<float> units;
    for (const float s : scales) units.push_back(s * static_cast<float>(layer.input_scale));
    added = v.model().node("DequantizeLinear", v.name("/bias_real"),
                           {v.int32s("/bias", layer.bias), v.floats("/bias_scale", units, {outputs})},
                           {{"axis", std::int64_t{0}}});
  } else {
    std::vector<float> bias;
    for (std::size_t o = 0; o < layer.bias.size(); ++o)
      bias.push_back(static_cast<float>(layer.bias[o] * layer.scale[o] * layer.input_scale));
    added = v.floats("/bias", bias, {outputs});
  }
  return v.model().node("Conv", v.name("/conv"), {v.of(in), weights, added},
                        {{"kernel_shape", pair_of(w.kernel)},
                         {"strides", pair_of(w.stride)},
                         {"dilations", pair_of(w.dilation)},
                         {"pads", pads_of(w.padding)},
                         {"group", std::int64_t{layer.groups}}});
}

/// Both ends of what a slot's grid can hold.
std::pair<double, double> range(const Values& v, SlotId id) {
  const Clamp all = range_of(v.slot(id).bits);
  return {v.real(id, all.low), v.real(id, all.high)};
}

/// ONNX Runtime adds 8-bit values only, so the sum's other half gets a grid, which the plan does not have.
/// Behind an activation it reaches as far as can matter beside the residual. Without one the two are taken as
/// independent, so that neither is wider than their sum: reaching as far as both together would cost a bit.
std::string beside_residual(Values& v, const Conv2d& step, const std::string& x) {
  if (v.profile() != Profile::ort) return x;
  const auto [low, high] = range(v, step.out);
  const auto [residual_low, residual_high] = range(v, step.residual->in);
  const bool linear = step.clamp == range_of(v.slot(step.out).bits) && low < 0;
  if (linear) return v.on_grid("/summand", x, low, high);
  return v.on_grid("/summand", x, v.real(step.out, step.clamp.low) - residual_high,
                   v.real(step.out, step.clamp.high) - residual_low);
}

void write_step(Values& v, const Pixels& step) { v.give(step.out, "input"); }

void write_step(Values& v, const Conv2d& step) {
  std::string x = convolution(v, step.in);
  if (step.residual)
    x = v.model().node("Add", v.name("/sum"), {beside_residual(v, step, x), v.of(step.residual->in)});
  v.give(step.out, x, step.clamp);
}

void write_step(Values& v, const WideConv2d& step) { v.give(step.out, convolution(v, step.in)); }

void write_step(Values& v, const Add& step) {
  v.give(step.out, v.model().node("Add", v.name("/sum"), {v.of(step.a), v.of(step.b)}), step.clamp);
}
void write_step(Values& v, const WideAdd& step) {
  v.give(step.out, v.model().node("Add", v.name("/sum"), {v.of(step.a), v.of(step.b)}));
}
void write_step(Values& v, const Mul& step) {
  v.give(step.out, v.model().node("Mul", v.name("/product"), {v.of(step.a), v.of(step.b)}), step.clamp);
}

std::string average(Values& v, SlotId in, const Window& w, bool included) {
  const Shape& s = v.slot(in).shape;
  if (w.kernel.h == s.h && w.kernel.w == s.w && w.padding == Padding{})
    return v.model().node("GlobalAveragePool", v.name("/mean"), {v.of(in)});
  return v.model().node("AveragePool", v.name("/mean"), {v.of(in)},
                        {{"kernel_shape", pair_of(w.kernel)},
                         {"strides", pair_of(w.stride)},
                         {"pads", pads_of(w.padding)},
                         {"count_include_pad", std::int64_t{included ? 1 : 0}}});
}
void write_step(Values& v, const AvgPool& step) {
  v.give(step.out, average(v, step.in, step.window, step.rescale.size() == 1), step.clamp);
}
void write_step(Values& v, const WideAvgPool& step) {
  v.give(step.out, average(v, step.in, step.window, step.multiplier.size() == 1));
}

std::string resized(Values& v, SlotId in, Size2 factor, bool bilinear) {
  const std::string scales =
      v.floats("/factors", {1, 1, static_cast<float>(factor.h), static_cast<float>(factor.w)}, {4});
  const std::string places = bilinear ? "half_pixel" : "asymmetric", mode = bilinear ? "linear" : "nearest";
  return v.model().node(
      "Resize", v.name("/resized"), {v.of(in), "", scales},
      {{"mode", mode}, {"coordinate_transformation_mode", places}, {"nearest_mode", "floor"}});
}
void write_step(Values& v, const Upsample& step) {
  v.give(step.out, resized(v, step.in, step.factor, true), step.clamp);
}
void write_step(Values& v, const WideUpsample& step) {
  v.give(step.out, resized(v, step.in, step.factor, true));
}
void write_step(Values& v, const UpsampleNearest& step) {
  v.give(step.out, resized(v, step.in, step.factor, false));
}

/// Any function of one activation, as the list of its real values at each of the 256 codes.
std::string looked_up(Values& v, SlotId in, const std::vector<float>& real) {
  check(v.profile() == Profile::ort, Fault::unsupported, "the step ", v.name(""),
        " is a table, which only --profile ort has a form of");
  const std::string code =
      v.model().node("Cast", v.name("/code"), {v.bits_of(in)}, {{"to", std::int64_t{6}}});
  return v.model().node("Gather", v.name("/value"), {v.floats("/table", real, {256}), code},
                        {{"axis", std::int64_t{0}}});
}
void write_step(Values& v, const Table& step) {
  std::vector<float> real;
  for (const std::int8_t q : step.values) real.push_back(static_cast<float>(v.real(step.out, q)));
  v.give(step.out, looked_up(v, step.in, real));
}

/// A straight line is what brings an activation among wide values: the real value stays.
void write_step(Values& v, const WideTable& step) {
  std::vector<float> real;
  bool same = true;
  for (std::int32_t q = -128; q < 128; ++q) {
    const double value = step.values[static_cast<std::size_t>(q + 128)] * v.scale(step.out);
    same = same && std::abs(value - v.real(step.in, q)) <= v.scale(step.in) / 64;
    real.push_back(static_cast<float>(value));
  }
  v.give(step.out, same ? v.of(step.in) : looked_up(v, step.in, real));
}

void write_step(Values& v, const WideActivation& step) {
  std::string x = v.of(step.in);
  if (step.slope_multiplier != 1 || step.slope_shift != 0) {
    const auto slope = static_cast<float>(std::ldexp(step.slope_multiplier, -step.slope_shift));
    x = v.model().node("LeakyRelu", v.name("/leaky"), {x}, {{"alpha", slope}});
  }
  const auto bound = [&](std::int32_t value, std::int32_t none) {
    return value == none ? std::nullopt : std::optional(value * v.scale(step.out));
  };
  v.give(step.out, v.clip(x, bound(step.low, INT32_MIN), bound(step.high, INT32_MAX)));
}

void write_step(Values& v, const MaxPool& step) {
  const Window& w = step.window;
  v.give(step.out, v.model().node("MaxPool", v.name("/max"), {v.of(step.in)},
                                  {{"kernel_shape", pair_of(w.kernel)},
                                   {"strides", pair_of(w.stride)},
                                   {"dilations", pair_of(w.dilation)},
                                   {"pads", pads_of(w.padding)}}));
}

void write_step(Values& v, const Concat& step) {
  std::vector<std::string> parts;
  for (const SlotId id : step.in) parts.push_back(v.of(id));
  v.give(step.out, v.model().node("Concat", v.name("/all"), parts, {{"axis", std::int64_t{1}}}));
}

void write_step(Values& v, const runtime::Slice& step) {
  const auto& [c, h, w] = step.ranges;
  v.give(step.out, v.model().node("Slice", v.name("/part"),
                                  {v.of(step.in), v.integers("/begin", {c.begin, h.begin, w.begin}),
                                   v.integers("/end", {c.end, h.end, w.end}), v.integers("/axes", {1, 2, 3}),
                                   v.integers("/step", {c.step, h.step, w.step})}));
}

void write_step(Values& v, const runtime::Pad& step) {
  const auto& a = step.amounts;
  const Extents amounts{0, a.c.before, a.h.before, a.w.before, 0, a.c.after, a.h.after, a.w.after};
  const double value = is_wide(v.slot(step.in)) ? step.value * v.scale(step.in) : v.real(step.in, step.value);
  v.give(step.out, v.model().node("Pad", v.name("/padded"),
                                  {v.of(step.in), v.integers("/amounts", amounts),
                                   v.floats("/value", {static_cast<float>(value)}, {})}));
}

/// Splits the channels into two axes, swaps these and joins them again.
void write_step(Values& v, const runtime::ChannelShuffle& step) {
  const Shape& s = v.slot(step.in).shape;
  auto& m = v.model();
  const std::string apart =
      m.node("Reshape", v.name("/apart"),
             {v.of(step.in), v.integers("/five", {0, step.groups, s.c / step.groups, s.h, s.w})});
  const std::string swapped =
      m.node("Transpose", v.name("/swapped"), {apart}, {{"perm", Extents{0, 2, 1, 3, 4}}});
  v.give(step.out,
         m.node("Reshape", v.name("/shuffled"), {swapped, v.integers("/four", {0, s.c, s.h, s.w})}));
}

void write_step(Values& v, const runtime::PixelShuffle& step) {
  check(step.factor.h == step.factor.w, Fault::unsupported, "the step ", v.name(""),
        " shuffles pixels by different factors, which ONNX has no operator for");
  v.give(step.out, v.model().node("DepthToSpace", v.name("/places"), {v.of(step.in)},
                                  {{"blocksize", std::int64_t{step.factor.h}}, {"mode", "CRD"}}));
}

/// Places of a block become axes, which go behind the channels.
void write_step(Values& v, const runtime::PixelUnshuffle& step) {
  const Shape& s = v.slot(step.in).shape;
  const std::int64_t fh = step.factor.h, fw = step.factor.w;
  auto& m = v.model();
  const std::string apart = m.node("Reshape", v.name("/apart"),
                                   {v.of(step.in), v.integers("/six", {0, s.c, s.h / fh, fh, s.w / fw, fw})});
  const std::string moved =
      m.node("Transpose", v.name("/moved"), {apart}, {{"perm", Extents{0, 1, 3, 5, 2, 4}}});
  v.give(step.out, m.node("Reshape", v.name("/channels"),
                          {moved, v.integers("/four", {0, s.c * fh * fw, s.h / fh, s.w / fw})}));
}

}  // namespace

void write(Values& values, const Step& step) {
  std::visit([&](const auto& s) { write_step(values, s); }, step);
}

}  // namespace zsq::runtime::exporting
