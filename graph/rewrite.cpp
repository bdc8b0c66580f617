#include "graph/rewrite.h"

#include <algorithm>
#include <functional>

namespace zsq {
namespace {

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

NodeId Rebuild::keep(NodeId id) { return replace(id, from_[id].op); }

NodeId Rebuild::replace(NodeId id, Op op) { return replace(id, std::move(op), from_[id].inputs); }

NodeId Rebuild::replace(NodeId id, Op op, const std::vector<NodeId>& inputs) {
  std::vector<NodeId> placed;
  placed.reserve(inputs.size());
  for (const NodeId input : inputs) placed.push_back(place(input));
  redirect(id, to_.add(from_[id].name, std::move(op), std::move(placed)));
  return place(id);
}

Graph Rebuild::finish() {
  std::vector<NodeId> outputs;
  for (const NodeId old : from_.outputs())
    if (std::ranges::find(outputs, place(old)) == outputs.end()) outputs.push_back(place(old));
  if (!std::ranges::equal(outputs, to_.outputs()))
    for (const NodeId output : outputs) to_.mark_output(output);
  return std::move(to_);
}

Graph map_ops(const Graph& graph, const std::function<Op(NodeId, Op)>& change) {
  Rebuild rebuild(graph);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    rebuild.replace(NodeId(i), change(NodeId(i), graph.nodes()[i].op));
  return rebuild.finish();
}

Graph keep_needed(Graph graph) {
  std::vector<bool> needed(graph.nodes().size());
  needed[0] = true;
  for (const NodeId output : graph.outputs()) needed[index(output)] = true;
  for (std::size_t i = needed.size(); i-- > 0;)
    if (needed[i])
      for (const NodeId input : graph.nodes()[i].inputs) needed[index(input)] = true;
  if (std::ranges::all_of(needed, std::identity())) return graph;
  Rebuild rebuild(graph);
  for (std::size_t i = 0; i < needed.size(); ++i)
    if (needed[i]) rebuild.keep(NodeId(i));
  return rebuild.finish();
}

Graph merge_padding(Graph graph) {
  const auto readers = consumers(graph);
  std::vector<std::optional<Conv2d>> merged(graph.nodes().size());
  std::vector<bool> gone(graph.nodes().size());
  for (std::size_t i = 0; i < merged.size(); ++i) {
    const Conv2d* conv = std::get_if<Conv2d>(&graph.nodes()[i].op);
    if (conv == nullptr) continue;
    const NodeId before = graph.nodes()[i].inputs[0];
    if (only_reader(graph, readers, before)) merged[i] = padded(*conv, graph[before]);
    if (merged[i]) gone[index(before)] = true;
  }
  if (std::ranges::none_of(gone, std::identity())) return graph;
  Rebuild rebuild(graph);
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (gone[i]) continue;
    if (merged[i])
      rebuild.replace(NodeId(i), *merged[i], graph[graph.nodes()[i].inputs[0]].inputs);
    else
      rebuild.keep(NodeId(i));
  }
  return rebuild.finish();
}

Graph up_to_logits(const Graph& graph) {
  const auto readers = consumers(graph);
  Rebuild rebuild(graph);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const bool at_end = graph.is_output(NodeId(i)) && readers[i].empty();
    if (at_end && std::holds_alternative<Softmax>(node.op))
      rebuild.redirect(NodeId(i), rebuild.place(node.inputs[0]));
    else
      rebuild.keep(NodeId(i));
  }
  return rebuild.finish();
}

}  // namespace zsq
