#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include "graph/graph.h"

namespace zsq::bnstats {

/// Per-channel mean and biased variance of a batch, over images, rows and columns.
struct Moments {
  torch::Tensor mean, variance;  // [channels]
};

/// What one batch norm remembers of its training inputs. Tensors are float32 [channels].
struct Statistics {
  NodeId norm;  // the BatchNorm2d
  std::string name;
  torch::Tensor mean, variance;
  torch::Tensor gamma, beta;
  torch::Tensor alive;  // 1, or 0 for a dead channel (see dead_channels)
  double epsilon = 1e-5;
  int dead = 0;

  int channels() const { return static_cast<int>(mean.numel()); }

  /// sqrt(variance + epsilon): never zero, so that it may be divided by and differentiated.
  torch::Tensor deviation() const;
};

/// One entry per BatchNorm2d, in execution order. Throws Error (Fault::unsupported) if the graph has none;
/// the message tells a model whose exporter folded them, and how to export it so that they stay, from one
/// without.
std::vector<Statistics> stored_statistics(const Graph& graph, torch::Device device);

}  // namespace zsq::bnstats
