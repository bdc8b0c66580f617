#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <torch/types.h>

#include "graph/graph.h"
#include "graph/torch/call.h"
#include "graph/unsupported.h"

namespace zsq::torchscript {

/// Builds the Graph while the model runs on example images: whatever is computed from them becomes nodes,
/// everything else is a constant. An in-place operator gives its tensor a new meaning, which is all that SSA
/// asks for.
class Recorder {
 public:
  /// images: [n, c, h, w]. names: of each parameter and buffer, by its tensor.
  Recorder(const torch::Tensor& images, std::unordered_map<const void*, std::string> names);

  /// Takes note of a call. One that zsq cannot take is kept for finish(); of what is computed from its
  /// results only the operators' names are looked at, so that one run finds all that is not supported.
  void record(const Call& call);

  struct Finished {
    Graph graph;
    std::vector<std::size_t> outputs;  // for each output of the graph, which of the results it is
  };

  /// What has been recorded, up to these results. Those that do not depend on the images are left out with a
  /// warning, and so is one that is the same as another. Throws UnsupportedError where a call could not be
  /// taken, Error (Fault::model) where no result depends on the images.
  Finished finish(const std::vector<torch::Tensor>& results);

  const std::vector<std::string>& warnings() const { return warnings_; }

  // For the operators' own functions:

  bool is_traced(const c10::IValue& value) const;

  /// The node whose value is an argument, as an image or as features; nodes that put it in order are added.
  NodeId input(const Call& call, std::size_t argument);
  NodeId input(const Call& call, const torch::Tensor& value);

  /// The node that an argument is a broadcast of ({n, c, 1, 1} spread over rows and columns), or its own.
  NodeId factor(const Call& call, std::size_t argument);

  /// The node that an argument is a view of in NCHW order (any split of the extents), if it is one.
  std::optional<NodeId> viewed(const c10::IValue& value) const;

  const Shape& shape(NodeId node) const { return graph_[node].shape; }

  /// Adds a node named after the call's module, or after the module that owns `parameter`.
  NodeId add(const Call& call, Op op, std::vector<NodeId> inputs, const torch::Tensor& parameter = {});

  /// A constant argument's values. Throws Error (Fault::model) that names it where one is not finite, and
  /// (Fault::unsupported) where it depends on the image.
  std::vector<float> constant(const Call& call, const torch::Tensor& tensor);
  Array constant(const Call& call, const torch::Tensor& tensor, const Shape& shape);

  void warn(const std::string& text);

 private:
  /// A tensor that depends on the images: a node's value, or a rearrangement of it.
  struct Traced {
    NodeId node{};
    std::vector<std::int64_t> sizes;
    torch::Tensor positions;  // of each element in the node's value for the batch; undefined: NCHW order
    std::string name;         // of the node that would rearrange it
  };

  void record_traced(const Call& call);
  void follow_lost(const Call& call);
  void lose(const std::vector<torch::Tensor>& tensors);
  bool depends(const std::vector<c10::IValue>& values) const;
  void remember(const torch::Tensor& tensor, Traced traced);
  void pass_name(const Call& call);
  void rearrange(const Call& call);
  torch::Tensor positions(const Traced& traced) const;
  NodeId place(const Call& call, Traced& traced);
  Traced& traced(const Call& call, const torch::Tensor& value);
  std::string unique(std::string name);

  Graph graph_;
  std::int64_t batch_;
  std::unordered_map<const void*, Traced> traced_;
  std::unordered_set<const void*> lost_;  // computed from the results of a call that could not be taken
  std::vector<Unsupported> unsupported_;
  std::unordered_map<const void*, std::string> names_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> copies_;  // of each name: the last number that was put behind it
  std::vector<torch::Tensor> alive_;             // so that no address is used twice
  std::vector<std::string> warnings_;
};

}  // namespace zsq::torchscript
