#include "quantize/units.h"

#include <algorithm>

#include "graph/op_traits.h"

namespace zsq::quantize {
namespace {

class Cutter {
 public:
  explicit Cutter(const Graph& graph) : graph_(graph), readers_(consumers(graph)) {}

  std::vector<Unit> cut() {
    std::vector<Unit> all;
    std::vector<bool> absorbed(graph_.nodes().size(), false);
    for (std::size_t i = 0; i < absorbed.size(); ++i) {
      if (absorbed[i]) continue;
      Unit unit{.head = NodeId(i), .last = NodeId(i)};
      extend(unit);
      for (NodeId n = unit.last; n != unit.head; n = before(unit, n)) absorbed[index(n)] = true;
      all.push_back(unit);
    }
    std::ranges::stable_sort(all, {}, &Unit::last);
    return all;
  }

 private:
  std::optional<NodeId> only_reader(NodeId id) const { return zsq::only_reader(graph_, readers_, id); }

  void extend(Unit& unit) const {
    if (!traits(graph_[unit.head].op).rescales) return;
    auto next = only_reader(unit.last);
    if (next && std::holds_alternative<Add>(graph_[*next].op) && absorbs_add(unit.head, graph_[*next])) {
      const auto& inputs = graph_[*next].inputs;
      unit.residual = inputs[0] == unit.head ? inputs[1] : inputs[0];
      unit.last = *next;
      next = only_reader(unit.last);
    }
    if (!next) return;
    if (const auto* clamp = std::get_if<Clamp>(&graph_[*next].op)) {
      unit.clamp = *clamp;
      unit.last = *next;
    }
  }

  /// Whether the layer `head`, which only `add` reads, is the one of the add's inputs to absorb it.
  bool absorbs_add(NodeId head, const Node& add) const {
    if (weight_of(graph_[head].op) == nullptr || add.inputs[0] == add.inputs[1]) return false;
    const NodeId other = add.inputs[0] == head ? add.inputs[1] : add.inputs[0];
    const bool other_could = weight_of(graph_[other].op) != nullptr && only_reader(other).has_value();
    return !other_could || head > other;
  }

  NodeId before(const Unit& unit, NodeId id) const {
    const auto& in = graph_[id].inputs;
    return in.size() == 1 || in[0] != unit.residual ? in[0] : in[1];
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
};

}  // namespace

std::optional<NodeId> logits_layer(const Graph& graph) {
  if (graph.outputs().size() != 1) return std::nullopt;
  NodeId id = graph.outputs().front();
  while (std::holds_alternative<Flatten>(graph[id].op)) id = graph[id].inputs[0];
  if (std::holds_alternative<Linear>(graph[id].op)) return id;
  const auto* conv = std::get_if<Conv2d>(&graph[id].op);
  if (conv == nullptr || conv->window.padding != Padding{}) return std::nullopt;
  const Shape& in = graph[graph[id].inputs[0]].shape;
  const bool covers = in.h == conv->window.kernel.h && in.w == conv->window.kernel.w;
  return covers && conv->window.dilation == Size2{} ? std::optional(id) : std::nullopt;
}

std::vector<Unit> units(const Graph& graph) { return Cutter(graph).cut(); }

}  // namespace zsq::quantize
