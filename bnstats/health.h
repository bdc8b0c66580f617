#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

/// What can be said of a network's batch norms without running it, and without LibTorch.
namespace zsq::bnstats {

/// Channels that hardly ever varied in training: their running variance is below 1e-10, or below 1e-8 of the
/// mean variance of their layer. Whoever divides by a standard deviation leaves them out. In ascending order.
std::vector<int> dead_channels(const BatchNorm2d& norm);

struct NormHealth {
  std::string name;
  int channels = 0;
  int dead = 0;                                       // of them, see dead_channels
  float smallest_variance = 0, largest_variance = 0;  // over all channels
};

/// One entry per BatchNorm2d, in execution order; empty where there is none.
std::vector<NormHealth> norm_health(const Graph& graph);

/// Whether an exporter seems to have folded the batch norms into the convolutions: there is none, and most
/// convolutions have a bias. A network that was trained without batch norm can look the same.
bool norms_look_folded(const Graph& graph);

}  // namespace zsq::bnstats
