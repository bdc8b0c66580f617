#pragma once

#include "quantize/steps.h"

namespace zsq::quantize {

/// Block after block (learned_rounding.h), from the float weights and biases of the network as it is, by the
/// scales and grids it has.
State with_blocks_learned(State state, const torch::Tensor& images, const Scheme& scheme,
                          const Progress& told);

/// All blocks at once (distillation.h), from what blocks have learnt.
State with_network_distilled(State state, const torch::Tensor& images, const Scheme& scheme,
                             const Progress& told);

}  // namespace zsq::quantize
