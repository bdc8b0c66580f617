#include "export/layer_numbers.h"

#include <cmath>
#include <numeric>

#include "graph/check.h"

namespace zsq::runtime::exporting {
namespace {

double factor_of(const Rescale& r) { return std::ldexp(r.multiplier, -(r.first_shift + r.second_shift)); }

/// From [out][kernel.h][kernel.w][in] to the usual order.
std::vector<std::int8_t> weights_in_order(const Kernel& k) {
  const Size2 size = k.window.kernel;
  std::vector<std::int8_t> weight;
  weight.reserve(k.weight.size());
  const std::int64_t places = std::int64_t{size.h} * size.w;
  for (std::int64_t o = 0; o < k.outputs; ++o)
    for (std::int64_t c = 0; c < k.inputs_per_group; ++c)
      for (std::int64_t p = 0; p < places; ++p)
        weight.push_back(k.weight[static_cast<std::size_t>((o * places + p) * k.inputs_per_group + c)]);
  return weight;
}

/// Each channel's bias in units of its accumulator, without what the input's zero point adds.
std::vector<std::int64_t> biases(const Kernel& k, std::int32_t zero_point) {
  std::vector<std::int64_t> all;
  const auto each = k.weight.size() / static_cast<std::size_t>(k.outputs);
  for (std::size_t o = 0; o < static_cast<std::size_t>(k.outputs); ++o) {
    const auto first = k.weight.begin() + static_cast<std::ptrdiff_t>(o * each);
    all.push_back(k.bias[o] + zero_point * std::accumulate(first, first + static_cast<std::ptrdiff_t>(each),
                                                           std::int64_t{0}));
  }
  return all;
}

/// unit[o]: the real value of one step of the accumulator of output o; a channel with a unit of 0 is 0.
LayerNumbers numbers_of(const PlanFile& file, const std::string& name, SlotId in, const Kernel& k,
                        const std::vector<double>& unit) {
  const double input_scale = file.metadata.tensors[index(in)].scale;
  LayerNumbers out{.name = name,
                   .bits = k.bits,
                   .dims = {k.outputs, k.inputs_per_group, k.window.kernel.h, k.window.kernel.w},
                   .weight = weights_in_order(k),
                   .scale = {},
                   .bias = {},
                   .input_scale = input_scale,
                   .window = &k.window,
                   .groups = k.groups};
  std::vector<std::int64_t> bias = biases(k, file.plan[in].zero_point);
  const auto each = static_cast<std::ptrdiff_t>(out.weight.size()) / k.outputs;
  for (std::size_t o = 0; o < unit.size(); ++o) {
    if (unit[o] == 0) {
      const auto first = out.weight.begin() + static_cast<std::ptrdiff_t>(o) * each;
      std::fill(first, first + each, std::int8_t{0});
      bias[o] = 0;
    }
    check(std::abs(bias[o]) < std::int64_t{1} << 31, Fault::unsupported, "the layer ", name,
          " has a bias that fits no int32 without its zero point; this plan cannot be exported");
    out.scale.push_back(unit[o] == 0 ? 1 : unit[o] / input_scale);
    out.bias.push_back(static_cast<std::int32_t>(bias[o]));
  }
  return out;
}

}  // namespace

std::optional<LayerNumbers> layer_numbers(const PlanFile& file, std::size_t step) {
  const std::string& name = file.metadata.steps[step];
  const auto scale = [&](SlotId id) { return file.metadata.tensors[index(id)].scale; };
  std::vector<double> unit;
  if (const auto* conv = std::get_if<Conv2d>(&file.plan.steps[step])) {
    for (const Rescale& r : conv->rescale) unit.push_back(factor_of(r) * scale(conv->out));
    return numbers_of(file, name, conv->in, conv->kernel, unit);
  }
  if (const auto* conv = std::get_if<WideConv2d>(&file.plan.steps[step])) {
    for (std::size_t o = 0; o < conv->multiplier.size(); ++o)
      unit.push_back(std::ldexp(conv->multiplier[o], -conv->shift[o]) * scale(conv->out));
    return numbers_of(file, name, conv->in, conv->kernel, unit);
  }
  return std::nullopt;
}

}  // namespace zsq::runtime::exporting
