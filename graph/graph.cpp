#include "graph/graph.h"

#include <algorithm>

#include "graph/check.h"
#include "graph/op_traits.h"
#include "graph/shape.h"

namespace zsq {

NodeId Graph::add(std::string name, Op op, std::vector<NodeId> inputs) {
  check(!names_.contains(name), Fault::model, name, ": there is a node of this name already");
  check(std::holds_alternative<Input>(op) == nodes_.empty(), Fault::model, name,
        ": a network has one input, and it comes first");
  const auto next = NodeId(std::ssize(nodes_));
  std::vector<Shape> shapes;
  for (const NodeId input : inputs) {
    check(NodeId{0} <= input && input < next, Fault::model, name, ": refers to a node that is not there yet");
    shapes.push_back(nodes_[index(input)].shape);
  }
  try {
    const Shape shape = output_shape(op, shapes);
    names_.insert(name);
    nodes_.push_back({std::move(name), std::move(op), std::move(inputs), shape});
  } catch (const Error& e) {
    fail(e.fault(), name, ": ", e.what());
  }
  last_ = next;
  return next;
}

void Graph::mark_output(NodeId id) {
  check(NodeId{0} <= id && id <= last_, Fault::model, "an output refers to a node that is not there");
  check(std::ranges::find(marked_, id) == marked_.end(), Fault::model, nodes_[index(id)].name,
        ": is an output already");
  marked_.push_back(id);
}

std::span<const NodeId> Graph::outputs() const {
  if (marked_.empty()) return {&last_, 1};
  return marked_;
}

bool Graph::is_output(NodeId id) const { return std::ranges::find(outputs(), id) != outputs().end(); }

std::vector<std::vector<NodeId>> consumers(const Graph& graph) {
  std::vector<std::vector<NodeId>> readers(graph.nodes().size());
  for (std::size_t i = 0; i < readers.size(); ++i)
    for (const NodeId input : graph.nodes()[i].inputs) readers[index(input)].push_back(NodeId(i));
  return readers;
}

std::optional<NodeId> only_reader(const Graph& graph, const std::vector<std::vector<NodeId>>& readers,
                                  NodeId id) {
  const auto& all = readers[index(id)];
  return all.size() == 1 && !graph.is_output(id) ? std::optional(all.front()) : std::nullopt;
}

std::optional<std::int64_t> classes(const Graph& graph) {
  const Shape& out = graph[graph.outputs().front()].shape;
  const bool classifies = graph.outputs().size() == 1 && out.h == 1 && out.w == 1;
  return classifies ? std::optional(out.c) : std::nullopt;
}

std::int64_t parameter_count(const Graph& graph) {
  std::int64_t sum = 0;
  for (const Node& node : graph.nodes()) {
    const Parameters p = parameters(node.op);
    if (p.weight != nullptr) sum += std::ssize(p.weight->values) + std::ssize(*p.bias);
    if (p.norm != nullptr) sum += std::ssize(p.norm->gamma) + std::ssize(p.norm->beta);
  }
  return sum;
}

}  // namespace zsq
