#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <torch/types.h>

#include "graph/graph.h"

namespace zsq {

/// Looks into a run of a TorchExecutor, and may change it. Each function may be empty.
struct Tap {
  /// Sees every node's output, in execution order, and returns the value to go on with.
  std::function<torch::Tensor(NodeId, const torch::Tensor& output)> after;

  /// Asked before a node is computed; what it returns stands in for the node's output (`after` still sees
  /// it). Here a fused pass replaces a batch norm, and a swing convolution a strided one.
  std::function<std::optional<torch::Tensor>(NodeId, const std::vector<torch::Tensor>& inputs)> instead;

  /// Asked before a node that holds numbers is computed: given them, it returns those to compute with, of the
  /// same shapes. Gradients flow into what it returns, so that weights can be functions of what is learnt.
  /// held: {weight, bias} of a layer (the bias undefined where there is none), {gamma, beta, mean, variance}
  /// of a batch norm.
  std::function<std::vector<torch::Tensor>(NodeId, const std::vector<torch::Tensor>& held)> constants;
};

/// Runs a Graph in float on LibTorch, differentiably, for any batch size. It is the only float interpreter
/// there is: synthesis, calibration and evaluation are all a run with a different tap.
class TorchExecutor {
 public:
  explicit TorchExecutor(Graph graph, torch::Device device = torch::kCPU);

  /// images: [n, c, h, w] float32 on this executor's device, of the graph's input extents; throws Error
  /// (Fault::data) otherwise. Returns one tensor for each of the graph's outputs: [n, classes] where it is
  /// {n, c, 1, 1}, else [n, c, h, w]. A value is dropped after its last reader, so without gradients the peak
  /// is that of the widest cut.
  std::vector<torch::Tensor> run_all(const torch::Tensor& images, const Tap& tap = {}) const;

  /// The same of a network with one output; throws Error (Fault::unsupported) where there are several.
  torch::Tensor run(const torch::Tensor& images, const Tap& tap = {}) const;

  /// The nodes from `begin` up to `end`, in order. values: one per node; those of nodes before `begin` that
  /// the range reads, or of `begin` itself where that is the input, are set. It sets those of the range, and
  /// drops each after its last reader.
  void run_range(NodeId begin, NodeId end, std::vector<torch::Tensor>& values, const Tap& tap = {}) const;

  /// One node's output from its inputs, as run computes it. Values are [n, c, h, w] throughout.
  torch::Tensor apply(NodeId node, const std::vector<torch::Tensor>& inputs) const;

  const Graph& graph() const { return graph_; }
  torch::Device device() const { return device_; }

 private:
  torch::Tensor value(NodeId node, const std::vector<torch::Tensor>& inputs, const Tap& tap) const;

  Graph graph_;
  torch::Device device_;
  std::vector<std::vector<torch::Tensor>> constants_;  // one list per node, on the device
  std::vector<std::optional<NodeId>> last_reader_;     // one per node; none for an output, which is kept
};

}  // namespace zsq
