#pragma once

#include <functional>

#include "graph/graph.h"

namespace zsq {

/// Builds a graph from another, node by node in its order, and remembers where each value went: the result
/// has the same outputs. Nodes that are not placed are gone; nothing placed later may read them.
class Rebuild {
 public:
  explicit Rebuild(const Graph& from) : from_(from), place_(from.nodes().size()) {}

  /// The node as it is; with another op; with another op that reads other nodes of the old graph.
  NodeId keep(NodeId id);
  NodeId replace(NodeId id, Op op);
  NodeId replace(NodeId id, Op op, const std::vector<NodeId>& inputs);

  /// A node that the old graph has not. inputs: of the new graph.
  NodeId insert(std::string name, Op op, std::vector<NodeId> inputs) {
    return to_.add(std::move(name), std::move(op), std::move(inputs));
  }

  /// Whoever reads `id` reads this node of the new graph instead.
  void redirect(NodeId id, NodeId placed) { place_[index(id)] = placed; }

  /// Where a node's value is in the new graph. Requires that it was placed.
  NodeId place(NodeId id) const { return *place_[index(id)]; }

  /// Outputs that have come to be one value are one output.
  Graph finish();

 private:
  const Graph& from_;
  Graph to_;
  std::vector<std::optional<NodeId>> place_;
};

/// The same graph with other ops: `change` is given each node and a copy of its op, and returns the op to
/// have.
Graph map_ops(const Graph& graph, const std::function<Op(NodeId, Op)>& change);

/// The nodes that the outputs need, and the input, in their order.
Graph keep_needed(Graph graph);

/// Moves zero padding of rows and columns into the convolution behind it, where that is its one reader. Most
/// networks from other frameworks pad unevenly before a strided convolution.
Graph merge_padding(Graph graph);

/// Without softmaxes at its ends, which move no class: what the integer program computes too.
Graph up_to_logits(const Graph& graph);

}  // namespace zsq
