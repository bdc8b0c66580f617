#pragma once

#include <cstdint>

#include <torch/types.h>

#include "quantize/qparams.h"

namespace zsq::quantize {

/// Which values of a tensor are left as they are (QDrop, Wei et al. 2022): each with probability `share`, by
/// a hash of its place in memory and the seed.
struct Drop {
  double share = 0;  // 0..1
  std::uint32_t seed = 0;
};

/// values on a grid whose scale is learnt: scale is one float32 number with a gradient, `grid` says the rest.
/// Forward: scale * (clamp(round(x / scale) + zero_point) - zero_point). Backward: to x straight through
/// inside the grid's range and not at all outside; to the scale as of "Learned Step Size Quantization"
/// (Esser et al. 2020, equation 3), summed in double in chunks of one size, so that the sum does not depend
/// on threads. What is dropped passes as if there were no grid.
torch::Tensor on_learned_grid(const torch::Tensor& values, const torch::Tensor& scale, const QParams& grid,
                              Drop drop);

/// Each value from `one` with probability 1 - drop.share, else from `other`. No gradients. Both of one shape
/// and memory format.
torch::Tensor mixed(const torch::Tensor& one, const torch::Tensor& other, Drop drop);

}  // namespace zsq::quantize
