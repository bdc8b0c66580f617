#include "quantize/channel_ranges.h"

#include <cmath>

#include "quantize/batches.h"

namespace zsq::quantize {
namespace {

constexpr int kPlaces = 17;  // tried for the end of a channel's range: all of it, 96 % of it, ... 36 %

constexpr double kPlace = 0.04;  // of the range, between two places

double fraction(int place) { return 1 - kPlace * place; }

using PerNode = std::vector<torch::Tensor>;  // undefined for nodes that are not wanted

std::vector<bool> layer_outputs(const Graph& graph, const std::vector<Unit>& units) {
  std::vector<bool> wanted(graph.nodes().size(), false);
  for (const Unit& unit : units) wanted[index(unit.last)] = weight_of(graph[unit.head].op) != nullptr;
  return wanted;
}

/// [c] for each wanted node: the largest |value| of each channel.
PerNode largest_values(const TorchExecutor& network, const std::vector<bool>& wanted,
                       const torch::Tensor& images) {
  PerNode largest(wanted.size());
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) {
    if (!wanted[index(id)]) return value;
    const auto here = value.abs().amax({0, 2, 3});
    torch::Tensor& so_far = largest[index(id)];
    so_far = so_far.defined() ? torch::maximum(so_far, here) : here;
    return value;
  };
  run_batches(network, images, tap);
  return largest;
}

/// [kPlaces + 1, c] for each node of `ends`: the mean square of what each place cuts off, and in the last row
/// the number of values.
PerNode clipped_energies(const TorchExecutor& network, const PerNode& ends, const torch::Tensor& images) {
  PerNode lost(ends.size());
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) {
    const torch::Tensor& end = ends[index(id)];
    if (!end.defined()) return value;
    const auto size = value.abs();
    std::vector<torch::Tensor> rows;
    for (int place = 0; place < kPlaces; ++place)
      rows.push_back((size - (end * fraction(place)).view({1, -1, 1, 1})).relu().square().sum({0, 2, 3}));
    rows.push_back(torch::full_like(end, static_cast<double>(value.numel() / end.numel())));
    const auto here = torch::stack(rows).to(torch::kFloat64);
    torch::Tensor& so_far = lost[index(id)];
    so_far = so_far.defined() ? so_far + here : here;
    return value;
  };
  run_batches(network, images, tap);
  return lost;
}

std::vector<double> to_doubles(const torch::Tensor& values) {
  const auto host = values.to(torch::kFloat64).contiguous();
  return {host.data_ptr<double>(), host.data_ptr<double>() + host.numel()};
}

ChannelRanges to_ranges(const PerNode& ends) {
  ChannelRanges ranges(ends.size());
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (ends[i].defined()) ranges[i] = to_doubles(ends[i]);
  return ranges;
}

/// The place with the smallest expected error for each channel: what it cuts off, and a uniform rounding
/// error.
std::vector<double> best_ranges(const torch::Tensor& ends, const torch::Tensor& lost, int bits) {
  const auto mean = lost.slice(0, 0, kPlaces) / lost.slice(0, kPlaces);
  std::vector<torch::Tensor> rows;
  const double steps = std::exp2(bits) - 1;
  for (int place = 0; place < kPlaces; ++place)
    rows.push_back(mean[place] + (ends * (fraction(place) / steps)).to(torch::kFloat64).square() / 12);
  const auto best = torch::stack(rows).argmin(0);
  return to_doubles(ends * (1 - kPlace * best.to(torch::kFloat64)));
}

}  // namespace

ChannelRanges observe_channels(const TorchExecutor& network, const std::vector<Unit>& units,
                               const torch::Tensor& images, RangeMethod method, int bits) {
  const Graph& graph = network.graph();
  const std::vector<bool> wanted = layer_outputs(graph, units);
  const auto ends = largest_values(network, wanted, images);
  if (method == RangeMethod::min_max) return to_ranges(ends);
  const auto lost = clipped_energies(network, ends, images);
  ChannelRanges ranges(graph.nodes().size());
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (ends[i].defined()) ranges[i] = best_ranges(ends[i], lost[i], bits);
  return ranges;
}

}  // namespace zsq::quantize
