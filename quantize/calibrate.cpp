#include "quantize/calibrate.h"

#include <algorithm>
#include <cmath>

#include <torch/types.h>

#include "graph/check.h"
#include "quantize/batches.h"
#include "quantize/headroom.h"
#include "quantize/histogram.h"
#include "quantize/precision.h"
#include "quantize/tail.h"

namespace zsq::quantize {
namespace {

Range widened(Range range, double factor) { return {range.low * factor, range.high * factor}; }

/// What only a concat reads is made on the concat's grid at once, which saves it a second rounding.
void share_grids_of_concats(const Graph& graph, const Tail& tail,
                            std::vector<std::optional<QParams>>& grids) {
  const auto readers = consumers(graph);
  for (auto i = std::ssize(graph.nodes()) - 1; i > 0; --i) {
    if (!std::holds_alternative<Concat>(graph[NodeId(i)].op) || tail.contains(NodeId(i))) continue;
    for (NodeId input : graph[NodeId(i)].inputs) {
      std::vector<NodeId> chain{input};
      while (moves_values(graph[chain.back()].op)) chain.push_back(graph[chain.back()].inputs[0]);
      const bool alone =
          std::ranges::all_of(chain, [&](NodeId id) { return only_reader(graph, readers, id).has_value(); });
      const auto& own = grids[index(chain.back())];
      if (!alone || chain.back() == NodeId{0} || own->bits != grids[static_cast<std::size_t>(i)]->bits)
        continue;
      for (const NodeId id : chain) grids[index(id)] = grids[static_cast<std::size_t>(i)];
    }
  }
}

/// Smallest and largest value of each observed node.
std::vector<Range> observe_ranges(const TorchExecutor& network, const std::vector<bool>& observed,
                                  const torch::Tensor& images) {
  std::vector<Range> ranges(observed.size());
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) {
    if (observed[index(id)]) {
      const auto [low, high] = value.aminmax();
      Range& r = ranges[index(id)];
      r.low = std::min(r.low, low.item<double>());
      r.high = std::max(r.high, high.item<double>());
      check(std::isfinite(low.item<double>()) && std::isfinite(high.item<double>()), Fault::data,
            network.graph()[id].name, ": its activation is not finite on the calibration images");
    }
    return value;
  };
  run_batches(network, images, tap);
  return ranges;
}

std::vector<Histogram> observe_histograms(const TorchExecutor& network, const std::vector<Range>& ranges,
                                          const std::vector<bool>& observed, const torch::Tensor& images) {
  std::vector<Histogram> histograms(ranges.begin(), ranges.end());
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) {
    if (observed[index(id)]) histograms[index(id)].add(value);
    return value;
  };
  run_batches(network, images, tap);
  return histograms;
}

}  // namespace

bool moves_values(const Op& op) { return traits(op).moves; }

NodeId grid_source(const Graph& graph, NodeId id) {
  while (moves_values(graph[id].op)) id = graph[id].inputs[0];
  return id;
}

Range normalised_range(const Preprocessing& pixels, std::int64_t channels) {
  check(std::ssize(pixels.mean) == channels && std::ssize(pixels.deviation) == channels, Fault::model,
        "the preprocessing has ", pixels.mean.size(), " means and ", pixels.deviation.size(),
        " deviations, the network takes ", channels, " channels");
  Range r;
  for (std::size_t c = 0; c < pixels.mean.size(); ++c) {
    check(pixels.deviation[c] > 0, Fault::model, "the preprocessing divides channel ", c, " by ",
          pixels.deviation[c]);
    r.low = std::min(r.low, -pixels.mean[c] / pixels.deviation[c]);
    r.high = std::max(r.high, (1 - pixels.mean[c]) / pixels.deviation[c]);
  }
  return r;
}

std::vector<std::optional<QParams>> calibrate_activations(const TorchExecutor& network,
                                                          const std::vector<Unit>& units,
                                                          const torch::Tensor& images,
                                                          const Preprocessing& pixels, const Scheme& scheme) {
  const Graph& graph = network.graph();
  std::vector<bool> observed(graph.nodes().size(), false);
  for (const Unit& unit : units)
    observed[index(unit.last)] = unit.last != NodeId{0} && !moves_values(graph[unit.last].op);
  const auto histograms =
      observe_histograms(network, observe_ranges(network, observed, images), observed, images);
  return grids(graph, units, pixels, scheme, [&](NodeId id, int bits) {
    return choose_range(histograms[index(id)], scheme.activation_range, bits);
  });
}

std::vector<std::optional<QParams>> grids(const Graph& graph, const std::vector<Unit>& units,
                                          const Preprocessing& pixels, const Scheme& scheme,
                                          const RangeOf& range_of) {
  const Tail tail(graph);
  const auto headroom = headrooms(graph, tail);
  const Precision precision = choose_precision(graph, units, scheme);
  std::vector<std::optional<QParams>> grids(graph.nodes().size());
  for (const Unit& unit : units) {
    const auto i = index(unit.last);
    if (unit.last == NodeId{0}) {
      grids[i] = cover(normalised_range(pixels, graph.input_shape().c), 8);
    } else if (moves_values(graph[unit.last].op)) {
      grids[i] = grids[index(graph[unit.last].inputs[0])];
    } else {
      const int bits = precision.nodes[i].activation->bits;
      const Range own = range_of(unit.last, bits);
      const Range range = headroom[i] > 0 ? widened(own, headroom[i]) : own;
      const bool symmetric = scheme.activation_symmetry == Symmetry::symmetric;
      grids[i] = symmetric ? cover_symmetric(range, bits) : cover(range, bits);
    }
  }
  share_grids_of_concats(graph, tail, grids);
  return grids;
}

}  // namespace zsq::quantize
