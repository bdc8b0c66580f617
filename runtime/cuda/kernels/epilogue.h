#pragma once

#include "runtime/cuda/kernels/places.h"

/// The end of every convolution, in registers. For device code alone.
namespace zsq::runtime::cuda {

/// What an accumulator becomes; residual: what residual_term() made, 0 where there is none.
__device__ inline std::int32_t activation(std::int32_t acc, std::int32_t residual, const Channel& channel,
                                          std::int32_t zero_point, Clamp clamp) {
  const WideRescale rescale{channel.multiplier, channel.first_shift, channel.second_shift};
  return requantize<std::int32_t>(acc, residual, rescale, zero_point, clamp);
}

}  // namespace zsq::runtime::cuda
