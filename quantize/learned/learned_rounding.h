#pragma once

#include <functional>

#include "quantize/learned/learn.h"

namespace zsq::quantize {

/// Told of each block as it begins, and asked between steps; what it throws ends the learning.
using BlockProgress = std::function<void(int block, int blocks)>;

/// Learns the network block after block (blocks.h), each so that its outputs, from inputs that the blocks
/// before it have made, equal those of the float network ("BRECQ", Li et al. 2021; values are left off their
/// grids at random as in "QDrop", Wei et al. 2022). start: rounded, with the biases of the float network.
/// images: [n, c, h, w], normalised. What is kept in memory of the images is what crosses from one block to
/// the next.
QuantizedGraph with_learned_rounding(QuantizedGraph start, const torch::Tensor& images,
                                     const MakeCodes& make_codes, const LearnOptions& options,
                                     const BlockProgress& progress = {});

}  // namespace zsq::quantize
