#include "search/space.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "graph/check.h"
#include "graph/op_traits.h"
#include "quantize/calibrate.h"
#include "quantize/headroom.h"

namespace zsq::search {
namespace {

/// Nodes that are joined pair by pair fall into sets.
class Sets {
 public:
  explicit Sets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0); }
  std::size_t of(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) { parent_[std::max(of(a), of(b))] = std::min(of(a), of(b)); }

 private:
  std::vector<std::size_t> parent_;
};

/// By node, which activations must have one width.
Sets tied(const Graph& graph) {
  Sets sets(graph.nodes().size());
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const bool joins = std::holds_alternative<Add>(node.op) || std::holds_alternative<Concat>(node.op);
    if (!joins && !quantize::moves_values(node.op)) continue;
    for (const NodeId input : node.inputs) sets.join(i, index(input));
  }
  return sets;
}

std::vector<int> allowed_from(std::vector<int> widths, const char* of) {
  std::ranges::sort(widths);
  widths.erase(std::unique(widths.begin(), widths.end()), widths.end());
  check(!widths.empty(), Fault::usage, "no width is allowed for ", of, "; name some of 2 to 8");
  for (const int bits : widths)
    check(2 <= bits && bits <= 8, Fault::usage, bits, " bits were allowed for ", of, ", zsq has 2 to 8");
  return widths;
}

std::vector<Layer> layers_of(const Graph& graph, const WidthsAllowed& allowed) {
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const Array* weight = weight_of(node.op);
    if (weight == nullptr) continue;
    const std::int64_t places = std::holds_alternative<Linear>(node.op) ? 1 : node.shape.h * node.shape.w;
    const std::int64_t weights = weight->shape.size();
    layers.push_back({NodeId(i), node.name, weights, weights * places, 0, allowed.weights});
  }
  check(!layers.empty(), Fault::unsupported,
        "the network has no layer with weights, so there is nothing to search");
  if (!allowed.ends_free) layers.front().widths = layers.back().widths = {allowed.weights.back()};
  return layers;
}

}  // namespace

Space space_of(const Graph& prepared, const WidthsAllowed& given) {
  WidthsAllowed allowed = given;
  allowed.weights = allowed_from(given.weights, "weights");
  allowed.activations = allowed_from(given.activations, "activations");
  Space space{layers_of(prepared, allowed), {}};
  Sets sets = tied(prepared);
  const auto headroom = quantize::headrooms(prepared, quantize::Tail(prepared));
  std::map<std::size_t, std::size_t> group_of;  // by set
  for (const quantize::Unit& unit : quantize::units(prepared)) {
    const auto [found, is_new] = group_of.try_emplace(sets.of(index(unit.last)), space.groups.size());
    if (is_new) space.groups.push_back({{}, {}, 0, allowed.activations});
    Group& group = space.groups[found->second];
    const bool is_fixed = unit.last == NodeId{0} || headroom[index(unit.last)] > 0;
    if (is_fixed) group.widths = {8};
    group.nodes.push_back(unit.last);
    if (!quantize::moves_values(prepared[unit.last].op) && unit.last != NodeId{0})
      group.heads.push_back(prepared[unit.head].name);
    group.values += prepared[unit.last].shape.size();
  }
  for (Layer& layer : space.layers) layer.reads = group_of.at(sets.of(index(prepared[layer.node].inputs[0])));
  return space;
}

Widths widest(const Space& space) { return at_most(space, 8, 8); }

Widths at_most(const Space& space, int weights, int activations) {
  const auto pick = [](const std::vector<int>& allowed, int most) {
    const auto above = std::ranges::upper_bound(allowed, most);
    return above == allowed.begin() ? allowed.front() : *std::prev(above);
  };
  Widths w;
  for (const Layer& layer : space.layers) w.weights.push_back(pick(layer.widths, weights));
  for (const Group& group : space.groups) w.activations.push_back(pick(group.widths, activations));
  return w;
}

std::vector<quantize::BitsRule> rules_of(const Space& space, const Widths& widths) {
  std::map<std::string, int> activation;
  for (std::size_t g = 0; g < space.groups.size(); ++g)
    for (const std::string& head : space.groups[g].heads) activation[head] = widths.activations[g];
  std::vector<quantize::BitsRule> rules;
  for (std::size_t l = 0; l < space.layers.size(); ++l) {
    const std::string& name = space.layers[l].name;
    const auto found = activation.find(name);
    rules.push_back({name, widths.weights[l], found == activation.end() ? 8 : found->second, true});
    if (found != activation.end()) activation.erase(found);
  }
  for (const auto& [name, bits] : activation) rules.push_back({name, 8, bits, true});
  return rules;
}

}  // namespace zsq::search
