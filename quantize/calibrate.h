#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <torch/types.h>

#include "graph/torch/executor.h"
#include "quantize/quantized_graph.h"
#include "quantize/scheme.h"

namespace zsq::quantize {

/// Whether a node only moves values, so that its output has its input's grid.
bool moves_values(const Op& op);

/// The node whose grid this one shares: itself, or where the values of a moving op come from (a concat's
/// own).
NodeId grid_source(const Graph& graph, NodeId id);

/// The values of a node, and how many bits their grid has.
using RangeOf = std::function<Range(NodeId node, int bits)>;

/// The grid of every unit's output, where `range` says what a node's values are. Not asked for the first
/// activation, whose grid covers every pixel value, nor of what moves values, which has its input's grid.
std::vector<std::optional<QParams>> grids(const Graph& graph, const std::vector<Unit>& units,
                                          const Preprocessing& pixels, const Scheme& scheme,
                                          const RangeOf& range);

/// The grid of every unit's output, from a float run over the images. images: [n, c, h, w], normalised; they
/// are run in small batches, twice (ranges, then histograms). The first activation covers every pixel value
/// and is 8 bit; so is the input of the last layer. Throws Error (Fault::data) when an activation is not
/// finite.
std::vector<std::optional<QParams>> calibrate_activations(const TorchExecutor& network,
                                                          const std::vector<Unit>& units,
                                                          const torch::Tensor& images,
                                                          const Preprocessing& pixels, const Scheme& scheme);

/// Normalised values that pixels can take, over all channels. Throws Error (Fault::model) if a deviation is
/// not positive or the number of means is not that of channels.
Range normalised_range(const Preprocessing& pixels, std::int64_t channels);

}  // namespace zsq::quantize
