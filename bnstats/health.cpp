#include "bnstats/health.h"

#include <algorithm>
#include <numeric>

namespace zsq::bnstats {

std::vector<int> dead_channels(const BatchNorm2d& norm) {
  constexpr double kAbsolute = 1e-10;
  constexpr double kRelative = 1e-8;
  const double mean = std::accumulate(norm.variance.begin(), norm.variance.end(), 0.0) /
                      static_cast<double>(std::max<std::size_t>(1, norm.variance.size()));
  std::vector<int> dead;
  for (std::size_t c = 0; c < norm.variance.size(); ++c) {
    // Written so that a variance that is not a number counts as dead.
    if (!(norm.variance[c] >= std::max(kAbsolute, kRelative * mean))) dead.push_back(static_cast<int>(c));
  }
  return dead;
}

std::vector<NormHealth> norm_health(const Graph& graph) {
  std::vector<NormHealth> all;
  for (const Node& node : graph.nodes()) {
    const auto* norm = std::get_if<BatchNorm2d>(&node.op);
    if (norm == nullptr || norm->variance.empty()) continue;
    const auto [low, high] = std::minmax_element(norm->variance.begin(), norm->variance.end());
    all.push_back({.name = node.name,
                   .channels = static_cast<int>(norm->variance.size()),
                   .dead = static_cast<int>(dead_channels(*norm).size()),
                   .smallest_variance = *low,
                   .largest_variance = *high});
  }
  return all;
}

bool norms_look_folded(const Graph& graph) {
  std::size_t convolutions = 0;
  std::size_t with_bias = 0;
  for (const Node& node : graph.nodes()) {
    if (std::holds_alternative<BatchNorm2d>(node.op)) return false;
    if (const auto* conv = std::get_if<Conv2d>(&node.op)) {
      ++convolutions;
      if (!conv->bias.empty()) ++with_bias;
    }
  }
  return with_bias > 0 && 2 * with_bias >= convolutions;
}

}  // namespace zsq::bnstats
