#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "graph/graph.h"
#include "graph/imported.h"
#include "graph/onnx/views.h"
#include "graph/unsupported.h"

namespace zsq::onnx {

/// Builds the Graph node by node: what depends on the image becomes nodes, everything else is a constant. Of
/// the batch one image is looked at; where the file fixes another size, that many.
class Importer {
 public:
  /// image: of one, n == 1. `constants`: the model's initializers, external ones included.
  Importer(const Model& model, const std::string& who, std::unordered_map<std::string, Tensor> constants,
           const Shape& image, std::size_t file_bytes);

  Imported run();

  // For the operators' own functions:

  const Model& model() const { return model_; }

  /// Whether an input depends on the image.
  bool is_traced(const Node& node, std::size_t input) const;

  /// The node whose value an input is, as an image or as features; nodes that put it in order are added.
  NodeId input(const Node& node, std::size_t input);

  /// The node that an input has all values of, in NCHW order, whatever its extents.
  std::optional<NodeId> viewed(const Node& node, std::size_t input) const;

  /// Extents of an input that depends on the image, the batch's first.
  const std::vector<std::int64_t>& dims(const Node& node, std::size_t input) const;

  const Op& op(NodeId node) const { return graph_[node].op; }
  const Shape& shape(NodeId node) const { return graph_[node].shape; }
  std::span<const NodeId> inputs_of(NodeId node) const { return graph_[node].inputs; }

  /// A constant input; null where it is left out. Throws where it depends on the image.
  const Tensor* constant(const Node& node, std::size_t input) const;

  /// Its values, each finite; `needed` counts them.
  std::vector<float> values(const Node& node, std::size_t input);
  Array weights(const Node& node, std::size_t input);  // of 4 axes

  /// Adds a node, named after the module that owns the constant input `parameter`, or else after the
  /// operator.
  NodeId add(const Node& node, Op op, std::vector<NodeId> inputs,
             std::optional<std::size_t> parameter = std::nullopt);

  /// y = factor * x + offset for each channel; an empty offset is none.
  NodeId add_scale(const Node& node, NodeId x, std::vector<float> factor, std::vector<float> offset);

  /// `count` values are about to be made.
  void take(std::int64_t count, const Node& node) { budget_.take(count, node); }

  Call call(const Node& node);

  /// One sentence for the user, said once.
  void warn(const std::string& text);

 private:
  /// What is computed from the image: a node's value, or a rearrangement of it.
  struct Traced {
    NodeId node{};
    std::vector<std::int64_t> dims = {};
    std::optional<std::vector<std::int64_t>> places =
        {};                 // in the node's value for the batch; none: in order
    std::string name = {};  // of the node that would rearrange it
  };
  struct Lost {};  // computed from what is not supported
  struct Sequence {
    std::vector<Traced> parts;
  };
  using Value = std::variant<Tensor, Traced, Sequence, Lost>;

  const Value* find(std::string_view name) const;
  const Traced& traced(const Node& node, std::size_t input) const;
  void read(const Node& node);
  void read_traced(const Node& node);
  Traced settled(const Node& node);
  bool rearrange(const Node& node);
  bool unpack(const Node& node);
  NodeId place(const Node& node, Traced& value);
  std::vector<std::int64_t> dims_of(const Node& node, NodeId result) const;
  void give(const Node& node, std::size_t output, Value value);
  std::string unique(std::string name);
  void mark_outputs(Imported& imported);

  const Model& model_;
  std::string who_;
  Graph graph_;
  std::int64_t batch_;
  Budget budget_;
  std::unordered_map<std::string_view, Value> values_;
  std::unordered_map<std::string, Tensor> constants_;
  std::unordered_set<std::string> taken_;
  std::vector<Unsupported> unsupported_;
  std::vector<std::string> warnings_;
};

}  // namespace zsq::onnx
