#include "quantize/units.h"

#include <algorithm>

#include "graph/op_traits.h"
#include "quantize/tail.h"

namespace zsq::quantize {
namespace {

class Cutter {
 public:
  explicit Cutter(const Graph& graph) : graph_(graph), tail_(graph), readers_(consumers(graph)) {}

  std::vector<Unit> cut() {
    std::vector<Unit> all;
    std::vector<bool> absorbed(graph_.nodes().size(), false);
    for (std::size_t i = 0; i < absorbed.size(); ++i) {
      if (absorbed[i] || tail_.contains(NodeId(i))) continue;
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
  const Tail tail_;
  std::vector<std::vector<NodeId>> readers_;
};

}  // namespace

std::vector<Unit> units(const Graph& graph) { return Cutter(graph).cut(); }

}  // namespace zsq::quantize
