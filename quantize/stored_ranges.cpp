#include "quantize/stored_ranges.h"

#include <algorithm>
#include <cmath>

#include "quantize/calibrate.h"
#include "quantize/lower_values.h"
#include "quantize/norms_of_layers.h"

namespace zsq::quantize {
namespace {

constexpr double kReach = 4;  // deviations; a normal distribution has 6e-5 beyond them

Range united(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Range around(double mean, double deviation) { return {mean - kReach * deviation, mean + kReach * deviation}; }

Range behind(const BatchNorm2d& norm) {
  Range all;
  for (std::size_t c = 0; c < norm.gamma.size(); ++c)
    all = united(all, around(norm.beta[c], std::abs(norm.gamma[c])));
  return all;
}

/// Of a layer's outputs, whose inputs are spread evenly over `in`.
Range behind(const Array& weight, const std::vector<float>& bias, Range in) {
  const double mean = (in.low + in.high) / 2, deviation = (in.high - in.low) / std::sqrt(12);
  const auto taps = weight.values.size() / static_cast<std::size_t>(weight.shape.n);
  Range all;
  for (std::size_t o = 0; o < static_cast<std::size_t>(weight.shape.n); ++o) {
    double sum = 0, squares = 0;
    for (std::size_t i = o * taps; i < (o + 1) * taps; ++i) {
      sum += weight.values[i];
      squares += static_cast<double>(weight.values[i]) * weight.values[i];
    }
    all = united(all, around((bias.empty() ? 0 : bias[o]) + mean * sum, deviation * std::sqrt(squares)));
  }
  return all;
}

Range image(const Pointwise& op, Range in) {
  constexpr int kPlaces = 256;
  Range all;
  for (int i = 0; i <= kPlaces; ++i) {
    const double y = apply(op, in.low + (in.high - in.low) * i / kPlaces);
    all = united(all, {y, y});
  }
  return all;
}

Range product(Range a, Range b) {
  const auto [low, high] = std::minmax({a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high});
  return {low, high};
}

}  // namespace

std::vector<Range> stored_ranges(const Graph& graph, const Graph& prepared, const Preprocessing& pixels) {
  const auto known = norms_of_layers(graph);
  std::vector<Range> all;
  for (const Node& node : prepared.nodes()) {
    const auto in = [&](std::size_t i = 0) { return all[index(node.inputs[i])]; };
    const auto layer = [&](const auto& op) {
      const auto found = known.find(node.name);
      return found != known.end() ? behind(*found->second) : behind(op.weight, op.bias, in());
    };
    all.push_back(std::visit(
        Overloaded{[&](const Input&) { return normalised_range(pixels, node.shape.c); },
                   [&](const OneOf<Conv2d, ConvTranspose2d, Linear> auto& op) { return layer(op); },
                   [&](const BatchNorm2d& op) { return behind(op); },
                   [&](const Clamp& op) {
                     return Range{std::clamp<double>(in().low, op.low, op.high),
                                  std::clamp<double>(in().high, op.low, op.high)};
                   },
                   [&](const Pointwise& op) { return image(op, in()); },
                   [&](const Add&) {
                     return Range{in(0).low + in(1).low, in(0).high + in(1).high};
                   },
                   [&](const Mul&) { return product(in(0), in(1)); },
                   [&](const Concat&) {
                     Range range = in();
                     for (std::size_t i = 1; i < node.inputs.size(); ++i) range = united(range, in(i));
                     return range;
                   },
                   [&](const Pad& op) {
                     return united(in(), {op.value, op.value});
                   },
                   [&](const OneOf<MaxPool2d, AvgPool2d, GlobalAvgPool, Flatten, Slice, ChannelShuffle,
                                   PixelShuffle, PixelUnshuffle, Upsample> auto&) { return in(); },
                   [&](const Softmax&) {
                     return Range{0, 1};
                   }},
        node.op));
  }
  return all;
}

}  // namespace zsq::quantize
