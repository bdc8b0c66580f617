#include "graph/graph.h"

#include "graph/check.h"
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
  return next;
}

std::vector<std::vector<NodeId>> consumers(const Graph& graph) {
  std::vector<std::vector<NodeId>> readers(graph.nodes().size());
  for (std::size_t i = 0; i < readers.size(); ++i)
    for (const NodeId input : graph.nodes()[i].inputs) readers[index(input)].push_back(NodeId(i));
  return readers;
}

std::int64_t parameter_count(const Graph& graph) {
  const auto count = Overloaded{
      [](const Conv2d& op) { return std::ssize(op.weight.values) + std::ssize(op.bias); },
      [](const Linear& op) { return std::ssize(op.weight.values) + std::ssize(op.bias); },
      [](const BatchNorm2d& op) { return std::ssize(op.gamma) + std::ssize(op.beta); },
      [](const auto&) { return std::ptrdiff_t{0}; },
  };
  std::int64_t sum = 0;
  for (const Node& node : graph.nodes()) sum += std::visit(count, node.op);
  return sum;
}

}  // namespace zsq
