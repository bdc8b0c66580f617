#pragma once

#include <optional>
#include <span>
#include <vector>

#include "bnstats/divergence.h"
#include "bnstats/fused_norm.h"
#include "graph/torch/executor.h"

namespace zsq::bnstats {

/// How a probe measures: with tensor operations, on any device; or with fused_norm, which is for float32 on
/// the CPU and falls back to tensor operations elsewhere.
enum class Pass { composed, fused };

/// Measures, during a run, the moments of the *input* of every batch norm: hooked at the norm itself, never
/// at "the n-th convolution". One probe may serve any number of runs, one at a time; a new run begins with
/// reset().
class Probe {
 public:
  /// stored: of this very graph; it and the graph outlive the probe.
  Probe(const Graph& graph, std::span<const Statistics> stored, Pass pass = Pass::fused);

  /// For TorchExecutor::run; refers to this probe. With Pass::fused a batch norm whose only reader is a Clamp
  /// returns the clamped value, and the Clamp returns its input: `after` then sees the same value at both.
  Tap tap();

  void reset();

  /// Of the run since reset(), in the order of `stored`.
  std::span<const Moments> moments() const { return moments_; }

  /// The mean over the layers of distance(kind, ...). Differentiable.
  torch::Tensor divergence(Distance kind) const;

 private:
  struct Layer {
    std::size_t stored;  // index
    FusedNorm norm;
  };

  std::optional<torch::Tensor> instead(NodeId node, const std::vector<torch::Tensor>& inputs);

  std::span<const Statistics> stored_;
  Pass pass_;
  std::vector<std::optional<Layer>> layers_;  // one per node
  std::vector<char> absorbed_;                // one per node: whether it is a Clamp that a norm has taken in
  std::vector<Moments> moments_;
};

}  // namespace zsq::bnstats
