#include "quantize/lower_layer.h"

#include <algorithm>
#include <cmath>

#include "graph/check.h"
#include "runtime/rescale_bounds.h"

namespace zsq::quantize {
namespace {

constexpr double kLargestBias = 0x1p29;  // leaves three quarters of an int32 to the sum of products
constexpr std::int64_t kInt32 = std::int64_t{1} << 31;

/// Where a kernel's weight [o][i][y][x] is among the layer's float weights.
struct WeightOrder {
  std::int64_t inputs, h, w;
  std::size_t operator()(std::int64_t o, std::int64_t i, std::int64_t y, std::int64_t x) const {
    return static_cast<std::size_t>(((o * inputs + i) * h + y) * w + x);
  }
};

runtime::Kernel empty_kernel(const Op& layer, const Shape& in) {
  runtime::Kernel k;
  if (const auto* conv = std::get_if<Conv2d>(&layer)) {
    k.outputs = conv->weight.shape.n;
    k.inputs_per_group = conv->weight.shape.c;
    k.groups = conv->groups;
    k.window = conv->window;
  } else {
    k.outputs = weight_of(layer)->shape.n;
    k.inputs_per_group = in.c;
    k.window.kernel = {static_cast<int>(in.h), static_cast<int>(in.w)};
  }
  return k;
}

std::vector<std::int8_t> reordered(const runtime::Kernel& k, const std::vector<std::int8_t>& codes) {
  std::vector<std::int8_t> out;
  out.reserve(codes.size());
  const Size2 window = k.window.kernel;
  const WeightOrder at{k.inputs_per_group, window.h, window.w};
  for (std::int64_t o = 0; o < k.outputs; ++o)
    for (int y = 0; y < window.h; ++y)
      for (int x = 0; x < window.w; ++x)
        for (std::int64_t i = 0; i < k.inputs_per_group; ++i) out.push_back(codes[at(o, i, y, x)]);
  return out;
}

/// One channel's two factors, in the same fixed point.
struct JoinedFactors {
  runtime::Rescale rescale;
  std::int16_t residual;
  std::uint8_t residual_shift;
};

/// What all channels of a layer beside a residual share.
struct Joint {
  double ratio;            // of the residual's scale to the output's
  runtime::Slot residual;  // its bits and zero point
  runtime::Clamp out;      // less the output's zero point
};

/// The residual's factor at the point position of a rescale.
JoinedFactors at_point_of(const runtime::Rescale& r, double ratio) {
  const double wanted = std::ldexp(ratio, r.second_shift);
  int shift = 0;
  while (std::ldexp(wanted, -shift) > 32767) ++shift;
  return {r, static_cast<std::int16_t>(std::llround(std::ldexp(wanted, -shift))),
          static_cast<std::uint8_t>(shift)};
}

/// The finest factors of accumulator and residual at one point position whose sum cannot leave int32 and
/// whose 16-bit middle reaches as far as output and residual together. Each bit that the second shift gives
/// to the first doubles that reach and halves the residual's term. `reach` is the accumulator's.
JoinedFactors join(double factor, std::int64_t reach, const Joint& joint) {
  runtime::Rescale r = runtime::to_rescale(factor);
  for (;; --r.second_shift) {
    check(r.second_shift >= 1, Fault::unsupported, "the residual is ", joint.ratio,
          " times as wide as the output's range");
    if (std::ldexp(joint.ratio, r.second_shift) < 0x1p30) {  // the term alone would not fit
      const JoinedFactors f = at_point_of(r, joint.ratio);
      const auto beside = runtime::residual_reach(joint.residual, f.residual, f.residual_shift);
      if (runtime::sum_bound(reach, r, beside) < kInt32 &&
          runtime::middle_suffices(reach, r, beside, joint.out))
        return f;
    }
    if (r.first_shift < 31 && reach + (std::int64_t{1} << r.first_shift) < kInt32)
      ++r.first_shift;
    else  // no middle saturates so far to the right
      r.multiplier = static_cast<std::int16_t>((r.multiplier + 1) / 2);
  }
}

}  // namespace

std::vector<double> smallest_scales(std::span<const float> bias, const QParams& in) {
  std::vector<double> scales;
  for (const float b : bias) scales.push_back(std::abs(double{b}) / (in.scale * kLargestBias));
  return scales;
}

LoweredLayer lower_kernel(const Op& layer, const QuantizedWeight& weight, const QParams& in,
                          const Shape& in_shape, double constant_scale) {
  LoweredLayer lowered{empty_kernel(layer, in_shape), {}};
  runtime::Kernel& k = lowered.kernel;
  k.bits = weight.bits;
  k.weight = reordered(k, weight.codes);
  const std::size_t per_output = k.weight.size() / static_cast<std::size_t>(k.outputs);
  for (std::size_t o = 0; o < weight.scale.size(); ++o) {
    const auto codes = std::span(k.weight).subspan(o * per_output, per_output);
    std::int64_t sum = 0;
    for (const std::int8_t c : codes) sum += c;
    const bool constant = std::ranges::all_of(codes, [](std::int8_t c) { return c == 0; });
    const double scale = constant ? constant_scale : in.scale * weight.scale[o];
    const double bias = (*bias_of(layer))[o] / scale;
    // Only a constant channel's bias can be cut off here, millions of output steps beyond its clamp.
    const auto code = std::llround(std::clamp(bias, -0x1p30, 0x1p30));
    k.bias.push_back(static_cast<std::int32_t>(code - in.zero_point * sum));
    lowered.accumulator_scale.push_back(scale);
  }
  return lowered;
}

runtime::Clamp bounds(const QParams& out, const std::optional<Clamp>& clamp) {
  runtime::Clamp b{out.lowest(), out.highest()};
  if (clamp) b = {out.code(clamp->low), out.code(clamp->high)};
  return b;
}

void lower_epilogue(runtime::Conv2d& step, std::span<const double> accumulator_scale, const runtime::Slot& in,
                    const QParams& out, const std::optional<QParams>& residual) {
  if (!residual) {
    for (const double scale : accumulator_scale)
      step.rescale.push_back(runtime::to_rescale(scale / out.scale));
    return;
  }
  const auto reach = runtime::accumulator_bounds(step.kernel, in);
  const Joint joint{residual->scale / out.scale,
                    {.shape = {}, .bits = residual->bits, .zero_point = residual->zero_point},
                    {step.clamp.low - out.zero_point, step.clamp.high - out.zero_point}};
  for (std::size_t o = 0; o < reach.size(); ++o) {
    const JoinedFactors f = join(accumulator_scale[o] / out.scale, reach[o], joint);
    step.rescale.push_back(f.rescale);
    step.residual->multiplier.push_back(f.residual);
    step.residual->shift.push_back(f.residual_shift);
  }
}

double choose_shifts(runtime::WideConv2d& step, std::span<const double> accumulator_scale,
                     const runtime::Slot& in) {
  const auto reach = runtime::accumulator_bounds(step.kernel, in);
  double unit = 0;  // real value of the coarsest channel's middle step
  for (std::size_t o = 0; o < reach.size(); ++o) {
    int shift = 0;
    while (((reach[o] + (shift > 0 ? std::int64_t{1} << (shift - 1) : 0)) >> shift) > 32767) ++shift;
    step.shift.push_back(static_cast<std::uint8_t>(shift));
    unit = std::max(unit, std::ldexp(accumulator_scale[o], shift));
  }
  return unit * 32767;
}

void choose_multipliers(runtime::WideConv2d& step, std::span<const double> accumulator_scale, double scale) {
  for (std::size_t o = 0; o < step.shift.size(); ++o)
    step.multiplier.push_back(
        static_cast<std::int16_t>(std::lround(std::ldexp(accumulator_scale[o], step.shift[o]) / scale)));
}

Shape image_behind(const Graph& graph, NodeId input) {
  while (std::holds_alternative<Flatten>(graph[input].op)) input = graph[input].inputs[0];
  return graph[input].shape;
}

}  // namespace zsq::quantize
