#pragma once

#include <torch/types.h>

#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// What of each channel's mean difference is to be expected of other images too: the mean less the part that
/// its own standard error would make, 1 - error^2 / mean^2 of it and never below nothing (the positive part
/// of James and Stein's estimator, "Estimation with quadratic loss", 1961, one channel at a time; without it
/// the few numbers of a last layer follow the chance of 64 images). differences: [n, c], a row for each
/// image; returns [c]; of one image, all of it.
torch::Tensor expected_shift(const torch::Tensor& differences);

/// The biases that give each layer's output, channel by channel, the mean it has in float, as far as the
/// images can tell: bias += expected_shift(float - quantized), over the images (Nagel et al. 2019, "Data-free
/// quantization through weight equalization and bias correction", section 4.2, in its empirical form). Layers
/// are corrected in order within one run of the quantized network, so that each sees the inputs that the
/// corrected layers before it make. images: [n, c, h, w], normalised; as many of them are used as keep one
/// activation below 256 MB. Returns the graph with the new biases.
Graph correct_biases(const QuantizedGraph& quantized, const torch::Tensor& images);

/// The same, but each layer by itself: its inputs are the float network's, on their grid. For images whose
/// deeper activations are noise that was made as large as a signal: there what came of earlier layers' errors
/// is made as large, too, and taking it back would add it (MobileNetV1 at W8A8, without images: agreement 75
/// % by the one, 94 % by the other).
Graph correct_biases_apart(const QuantizedGraph& quantized, const torch::Tensor& images);

}  // namespace zsq::quantize
