#pragma once

#include <map>

#include <torch/types.h>

#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// A network in whose place another can be calibrated where there are no images.
struct Matched {
  Graph graph;                                    // of the same nodes
  std::map<NodeId, std::vector<double>> factors;  // of layers, per channel: weights are so much larger in it
};

/// The network that makes of these images, channel by channel, the means and deviations that `graph`'s batch
/// norms remember of their training images: behind every layer with a batch norm its output is brought to
/// mean beta and deviation |gamma|, as a batch norm in training mode would, and both numbers become part of
/// the layer's weights and bias. So noise is enough to see ranges, and how inputs of a layer lie to each
/// other, that are those of real images to second order, without a step of optimisation. (Ranges by the
/// Gaussian alone, as Nagel et al. 2019 take them for bias correction, know nothing of how channels vary
/// together, nor of adds and pools.)
///
/// prepared: prepared(graph). images: [n, c, h, w], normalised. What a channel varies by is multiplied by no
/// more than 8 and no less than 1 / 8.
Matched matched_to_norms(const Graph& graph, const Graph& prepared, const torch::Tensor& images);

/// What the matched network's quantization says of the real one: the same integers and grids, scales of
/// weights divided by the factors, and of biases what was added to them. prepared: the real network.
QuantizedGraph of_real(const Matched& matched, QuantizedGraph quantized, const Graph& prepared);

}  // namespace zsq::quantize
