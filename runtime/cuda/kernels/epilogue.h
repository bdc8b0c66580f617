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

/// The same of an accumulator that began with the half of the first rounding beside its bias.
__device__ inline std::int32_t activation_of_started(std::int32_t acc, std::int32_t residual,
                                                     const Channel& channel, std::int32_t zero_point,
                                                     Clamp clamp) {
  const std::int32_t sum = middle(acc >> channel.first_shift, 0) * channel.multiplier + residual;
  return to_activation<std::int32_t>(shift_round(sum, channel.second_shift), zero_point, clamp);
}

/// Two values of 8 bits below what is there already.
__device__ inline std::uint32_t pack(std::int32_t first, std::int32_t second, std::uint32_t above) {
  std::uint32_t packed = 0;
  asm("cvt.pack.sat.s8.s32.b32 %0, %1, %2, %3;" : "=r"(packed) : "r"(second), "r"(first), "r"(above));
  return packed;
}

}  // namespace zsq::runtime::cuda
