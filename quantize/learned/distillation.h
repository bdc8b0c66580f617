#pragma once

#include "quantize/learned/learn.h"

namespace zsq::quantize {

/// One more pass over the whole network at once: integers, scales, biases and grids so that its outputs are
/// the float network's. The loss: of a classifier the Kullback-Leibler divergence of its classes, which alone
/// does better than with labels (Kim et al. 2022, "It's All In the Teacher"); of any other network the
/// outputs' square distance.
QuantizedGraph distilled(const Graph& teacher, QuantizedGraph start, const torch::Tensor& images,
                         const MakeCodes& make_codes, const LearnOptions& options,
                         const std::function<void()>& stop = {});

}  // namespace zsq::quantize
