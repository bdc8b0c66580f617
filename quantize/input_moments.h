#pragma once

#include <map>
#include <span>

#include <torch/types.h>

#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// First and second moments of what a layer's kernels are laid over: of `taps` values, one for each weight of
/// a kernel's output, over all places of all images.
struct InputMoments {
  torch::Tensor mean;        // [groups, taps] float64
  torch::Tensor second;      // [groups, taps, taps] float64: E[x x^T]
  std::int64_t samples = 0;  // images, times places but no more than 64: neighbours say the same
};

/// Of the layers named, in one run of the quantized network (rounded activations and weights), so that they
/// are the inputs the integer program will see. images: [n, c, h, w], normalised.
std::map<NodeId, InputMoments> input_moments(const QuantizedGraph& quantized, std::span<const NodeId> layers,
                                             const torch::Tensor& images);

/// Float64 values that the second moments of a convolution or linear layer take; 0 for other layers.
std::int64_t moments_size(const Graph& graph, NodeId layer);

}  // namespace zsq::quantize
