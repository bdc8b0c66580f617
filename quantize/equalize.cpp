#include "quantize/equalize.h"

#include <algorithm>

#include "graph/op_traits.h"
#include "graph/rewrite.h"

namespace zsq::quantize {
namespace {

constexpr double kHeadroom = 1.5;
constexpr double kLargestFactor =
    64;  // beyond it a channel is as good as dead, and its range not to be trusted

bool commutes_with_factors(const Op& op) {
  const Traits t = traits(op);
  return t.scaling == Scaling::per_channel && t.most_inputs == 1;
}

bool is_depthwise(const Op& op) {
  const auto* conv = std::get_if<Conv2d>(&op);
  return conv != nullptr && conv->weight.shape.c == 1 && conv->weight.shape.n == conv->groups;
}

/// The depthwise layers that read a value, looking through pools and their like;
/// empty if anything else needs it.
std::vector<NodeId> reading_layers(const Graph& graph, const std::vector<std::vector<NodeId>>& readers,
                                   NodeId id) {
  std::vector<NodeId> layers;
  if (graph.is_output(id)) return layers;
  for (const NodeId reader : readers[index(id)]) {
    std::vector<NodeId> behind{reader};
    if (commutes_with_factors(graph[reader].op)) behind = reading_layers(graph, readers, reader);
    if (behind.empty() || !std::ranges::all_of(behind, [&](NodeId l) { return is_depthwise(graph[l].op); }))
      return {};
    layers.insert(layers.end(), behind.begin(), behind.end());
  }
  return layers;
}

struct Candidate {
  Unit unit;
  std::vector<NodeId> readers;
};

std::vector<Candidate> candidates(const Graph& folded, const std::vector<Unit>& units) {
  const auto readers = consumers(folded);
  std::vector<Candidate> all;
  for (const Unit& unit : units) {
    if (weight_of(folded[unit.head].op) == nullptr || unit.residual || (unit.clamp && unit.clamp->low != 0))
      continue;
    auto layers = reading_layers(folded, readers, unit.last);
    if (!layers.empty()) all.push_back({unit, std::move(layers)});
  }
  return all;
}

std::vector<double> factors(const std::vector<double>& range, const Unit& unit) {
  double widest = *std::ranges::max_element(range);
  if (unit.clamp) widest = std::min<double>(widest, unit.clamp->high);
  std::vector<double> all;
  for (const double r : range) {
    all.push_back(r > 0 ? std::clamp(widest / (r * kHeadroom), 1.0, kLargestFactor) : 1.0);
  }
  return all;
}

/// Each output channel of a layer times its factor. Of a depthwise layer an input channel is an output
/// channel, and dividing what it reads is dividing its weights alone.
void scale(Array& weight, const std::vector<double>& factor) {
  const std::size_t per_output = weight.values.size() / factor.size();
  for (std::size_t i = 0; i < weight.values.size(); ++i)
    weight.values[i] = static_cast<float>(weight.values[i] * factor[i / per_output]);
}

void scale(std::vector<float>& bias, const std::vector<double>& factor) {
  for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = static_cast<float>(bias[o] * factor[o]);
}

std::vector<double> reciprocals(std::vector<double> values) {
  for (double& v : values) v = 1 / v;
  return values;
}

/// The op with its outputs multiplied.
Op multiplied(Op op, const std::vector<double>& factor) {
  const MutableParameters p = parameters(op);
  scale(*p.weight, factor);
  scale(*p.bias, factor);
  return op;
}

/// The depthwise layer with what it reads divided.
Op with_divided_inputs(Op depthwise, const std::vector<double>& factor) {
  scale(*parameters(depthwise).weight, reciprocals(factor));
  return depthwise;
}

}  // namespace

bool can_equalize(const Graph& folded, const std::vector<Unit>& units) {
  return !candidates(folded, units).empty();
}

Graph equalize(const Graph& folded, const std::vector<Unit>& units, const ChannelRanges& ranges) {
  std::vector<std::optional<Op>> changed(folded.nodes().size());
  const auto change = [&](NodeId id, const auto& by, const std::vector<double>& factor) {
    auto& op = changed[index(id)];
    op = by(op ? *op : folded[id].op, factor);
  };
  for (const Candidate& candidate : candidates(folded, units)) {
    const auto factor = factors(ranges[index(candidate.unit.last)], candidate.unit);
    change(candidate.unit.head, multiplied, factor);
    for (const NodeId layer : candidate.readers) change(layer, with_divided_inputs, factor);
  }
  return map_ops(folded, [&](NodeId id, Op op) { return changed[index(id)].value_or(std::move(op)); });
}

}  // namespace zsq::quantize
