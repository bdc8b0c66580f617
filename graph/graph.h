#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "graph/op.h"

namespace zsq {

enum class NodeId : std::int32_t {};

constexpr std::size_t index(NodeId id) { return static_cast<std::size_t>(id); }

struct Node {
  std::string name;  // unique in its graph; of a layer with parameters, the path of its module
  Op op;
  std::vector<NodeId> inputs;
  Shape shape;  // of its output for one image: n == 1
};

/// A float network. A node may only refer to nodes added before it, so every Graph is acyclic and its node
/// order is an execution order; there is nothing to sort and nothing to verify later. Rewrites are functions
/// Graph -> Graph.
class Graph {
 public:
  /// Throws Error (Fault::model) if the name is taken, an input does not exist yet, the op takes another
  /// number of inputs, its parameters do not fit their shapes, or its output would be empty. The name says
  /// where.
  NodeId add(std::string name, Op op, std::vector<NodeId> inputs = {});

  const Node& operator[](NodeId id) const { return nodes_[index(id)]; }
  std::span<const Node> nodes() const { return nodes_; }

  /// Makes a node's value one of the network's outputs. Other nodes may read it too. Throws Error
  /// (Fault::model) where it is one already, or there is no such node.
  void mark_output(NodeId id);

  /// The marked nodes in the order of marking, or the last node where none is marked. Requires that the graph
  /// is not empty.
  std::span<const NodeId> outputs() const;
  bool is_output(NodeId id) const;

  /// Of one image. Requires that the graph is not empty.
  const Shape& input_shape() const { return nodes_.front().shape; }

 private:
  std::vector<Node> nodes_;
  std::unordered_set<std::string> names_;  // those taken
  std::vector<NodeId> marked_;
  NodeId last_{-1};
};

/// For each node, the nodes that read it, in order.
std::vector<std::vector<NodeId>> consumers(const Graph& graph);

/// The node that alone needs a value: none where several read it, or it is an output. `readers`: consumers().
std::optional<NodeId> only_reader(const Graph& graph, const std::vector<std::vector<NodeId>>& readers,
                                  NodeId id);

/// Of a classifier: a network with one output, of shape {1, classes, 1, 1}. None for any other.
std::optional<std::int64_t> classes(const Graph& graph);

/// Number of learnt values: weights, biases, gamma and beta.
std::int64_t parameter_count(const Graph& graph);

}  // namespace zsq
