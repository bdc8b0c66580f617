#pragma once

#include "quantize/learned/learn.h"

namespace zsq::quantize {

/// One more pass over the whole network at once: integers, scales, biases and grids so that what its blocks
/// make of images is what the float network's make of them. The loss is the sum of the blocks' square errors,
/// each as a share of what it was before. Images are shifted and mirrored, the same for a half of a batch, so
/// that few of them go further.
///
/// Refused: the Kullback-Leibler divergence of the classes alone. Synthesized images are few and the float
/// network is sure of them (0.99 on ResNet-20): it is soon matched by something else, and agreement on real
/// images fell (ResNet-20 at W3A3 84.3 -> 82.4 %, MobileNetV1 at W4A4 17 -> 14 %).
QuantizedGraph distilled(const Graph& teacher, QuantizedGraph start, const torch::Tensor& images,
                         const MakeCodes& make_codes, const LearnOptions& options,
                         const std::function<void()>& stop = {});

}  // namespace zsq::quantize
