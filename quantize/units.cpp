#include "quantize/units.h"

#include <algorithm>

namespace zsq::quantize {
namespace {

bool rescales(const Op& op) {  // ends in a requantization, into which bounds fit
  return weight_of(op) != nullptr || std::holds_alternative<Add>(op) || std::holds_alternative<Mul>(op) ||
         std::holds_alternative<AvgPool2d>(op) || std::holds_alternative<GlobalAvgPool>(op);
}

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
  const Node* only_reader(NodeId id) const {
    return readers_[index(id)].size() == 1 ? &graph_[readers_[index(id)][0]] : nullptr;
  }

  void extend(Unit& unit) const {
    if (!rescales(graph_[unit.head].op)) return;
    const Node* next = only_reader(unit.last);
    if (next != nullptr && std::holds_alternative<Add>(next->op) && absorbs_add(unit.head, *next)) {
      unit.residual = next->inputs[0] == unit.head ? next->inputs[1] : next->inputs[0];
      unit.last = readers_[index(unit.last)][0];
      next = only_reader(unit.last);
    }
    if (next == nullptr) return;
    if (const auto* clamp = std::get_if<Clamp>(&next->op)) {
      unit.clamp = *clamp;
      unit.last = readers_[index(unit.last)][0];
    }
  }

  /// Whether the layer `head`, which only `add` reads, is the one of the add's inputs to absorb it.
  bool absorbs_add(NodeId head, const Node& add) const {
    if (weight_of(graph_[head].op) == nullptr || add.inputs[0] == add.inputs[1]) return false;
    const NodeId other = add.inputs[0] == head ? add.inputs[1] : add.inputs[0];
    const bool other_could = weight_of(graph_[other].op) != nullptr && readers_[index(other)].size() == 1;
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

const Array* weight_of(const Op& op) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return &conv->weight;
  if (const auto* linear = std::get_if<Linear>(&op)) return &linear->weight;
  return nullptr;
}

const std::vector<float>* bias_of(const Op& op) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return &conv->bias;
  if (const auto* linear = std::get_if<Linear>(&op)) return &linear->bias;
  return nullptr;
}

std::optional<NodeId> logits_layer(const Graph& graph) {
  NodeId id = graph.output();
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
