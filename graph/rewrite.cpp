#include "graph/rewrite.h"

#include <optional>

namespace zsq {
namespace {

/// Copies nodes of one graph into another and remembers where each went.
class Copy {
 public:
  explicit Copy(const Graph& from) : from_(from), place_(from.nodes().size()) {}

  void add(NodeId id) {
    const Node& node = from_[id];
    add(id, node.op, node.inputs);
  }

  void add(NodeId id, Op op, const std::vector<NodeId>& inputs) {
    std::vector<NodeId> placed;
    placed.reserve(inputs.size());
    for (const NodeId input : inputs) placed.push_back(place_[index(input)]);
    place_[index(id)] = to_.add(from_[id].name, std::move(op), std::move(placed));
  }

  Graph take() { return std::move(to_); }

 private:
  const Graph& from_;
  Graph to_;
  std::vector<NodeId> place_;
};

/// The convolution with the padding taken over, where it can be.
std::optional<Conv2d> padded(const Conv2d& conv, const Node& before) {
  const Pad* pad = std::get_if<Pad>(&before.op);
  if (pad == nullptr || pad->c != Pad::Amount{} || pad->value != 0) return std::nullopt;
  Conv2d merged = conv;
  Padding& p = merged.window.padding;
  p = {p.top + pad->h.before, p.left + pad->w.before, p.bottom + pad->h.after, p.right + pad->w.after};
  return merged;
}

}  // namespace

Graph keep_needed(const Graph& graph, NodeId output) {
  std::vector<bool> needed(graph.nodes().size());
  needed[0] = needed[index(output)] = true;
  for (std::size_t i = index(output); i > 0; --i)
    if (needed[i])
      for (const NodeId input : graph.nodes()[i].inputs) needed[index(input)] = true;
  Copy copy(graph);
  for (std::size_t i = 0; i <= index(output); ++i)
    if (needed[i]) copy.add(NodeId(i));
  return copy.take();
}

Graph merge_padding(const Graph& graph) {
  const auto readers = consumers(graph);
  std::vector<std::optional<Conv2d>> merged(graph.nodes().size());
  std::vector<bool> gone(graph.nodes().size());
  for (std::size_t i = 0; i < merged.size(); ++i) {
    const Conv2d* conv = std::get_if<Conv2d>(&graph.nodes()[i].op);
    if (conv == nullptr) continue;
    const std::size_t before = index(graph.nodes()[i].inputs[0]);
    if (readers[before].size() == 1) merged[i] = padded(*conv, graph.nodes()[before]);
    if (merged[i]) gone[before] = true;
  }
  Copy copy(graph);
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (gone[i]) continue;
    if (merged[i])
      copy.add(NodeId(i), *merged[i], graph[graph.nodes()[i].inputs[0]].inputs);
    else
      copy.add(NodeId(i));
  }
  return copy.take();
}

Graph up_to_logits(const Graph& graph) {
  const Node& last = graph[graph.output()];
  return std::holds_alternative<Softmax>(last.op) ? keep_needed(graph, last.inputs[0]) : graph;
}

}  // namespace zsq
