#pragma once

#include <torch/types.h>

#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// The biases that give each layer's output, channel by channel, the mean it has in float: bias += E[float] -
/// E[quantized], over the images (Nagel et al. 2019, "Data-free quantization through weight equalization and
/// bias correction", section 4.2, in its empirical form). Layers are corrected in order within one run of the
/// quantized network, so that each sees the inputs that the corrected layers before it make. images: [n, c,
/// h, w], normalised; as many of them are used as keep one activation below 256 MB. Returns the graph with
/// the new biases.
Graph correct_biases(const QuantizedGraph& quantized, const torch::Tensor& images);

}  // namespace zsq::quantize
