#pragma once

#include <string>
#include <string_view>

#include "graph/graph.h"
#include "graph/statistics_noise.h"

/// What batch norms remember, apart from the weights: a model's owner can hand it out beside a model whose
/// batch norms an exporter has folded away.
namespace zsq {

/// A safetensors file: for each layer that a batch norm follows, LAYER.mean and LAYER.variance of what comes
/// out of that batch norm, per channel, as training saw it: beta, and gamma^2 * variance / (variance +
/// epsilon). Throws Error (Fault::unsupported) where no batch norm follows a layer directly.
std::string encode_statistics(const Graph& graph);

/// The same with noise on each channel's mean and deviation, and the budget but not its key in the metadata.
/// A deviation that noise has taken below kLeastDeviation is raised to it. Throws Error (Fault::usage), too,
/// where the budget is out of range.
std::string encode_statistics(const Graph& graph, const PrivacyBudget& budget);
inline constexpr float kLeastDeviation = 0.01F;

/// The same network, in which a batch norm follows each of those layers that changes nothing and remembers
/// these statistics. Takes untrusted bytes; `who` names the file. Throws Error (Fault::model) where it is
/// damaged, has a layer that the network has not, another number of channels, or a variance below 0, or a
/// layer has a batch norm already.
Graph with_statistics(const Graph& graph, std::string_view bytes, const std::string& who);

}  // namespace zsq
