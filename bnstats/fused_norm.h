#pragma once

#include "bnstats/statistics.h"
#include "graph/op.h"

namespace zsq::bnstats {

/// The constants of a batch norm in inference form and of the activation behind it, ready for many runs.
struct FusedNorm {
  torch::Tensor scale, shift;  // gamma / sqrt(variance + epsilon), beta - mean * scale
  Clamp activation;            // {-inf, inf}: none

  FusedNorm(const Statistics& stored, const Clamp& activation);
};

struct NormOutput {
  torch::Tensor value;  // of the activation, or of the batch norm where there is none; channels-last
  Moments moments;      // of the batch norm's input
};

/// One pass over x forward and one over x and the gradient backward, in place of batch norm, activation, E[x]
/// and E[x^2] as tensor operations. Differentiable in x through all three outputs. x: [n, c, h, w] float32 on
/// the CPU; brought to channels-last where it is not.
NormOutput fused_norm(const torch::Tensor& x, const FusedNorm& norm);

}  // namespace zsq::bnstats
