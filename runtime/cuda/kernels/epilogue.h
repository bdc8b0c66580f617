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

/// The same of a sum that began with Finish::start. has_residual: the zero point is not in the offset.
/// is_narrowed: the bounds are not those of 8 bits, which pack() keeps anyway.
template <bool has_residual, bool is_narrowed>
__device__ std::int32_t finished(std::int32_t sum, std::uint32_t residual, const Finish& f,
                                 std::int32_t zero_point, Clamp clamp) {
  const std::int32_t product = middle(sum >> (f.shifts & 255), 0) * f.multiplier;
  const auto scaled = static_cast<std::int32_t>(static_cast<std::uint32_t>(product) +
                                                (static_cast<std::uint32_t>(f.offset) + residual));
  const std::int32_t value = (scaled >> (f.shifts >> 8)) + (has_residual ? zero_point : 0);
  return is_narrowed ? std::clamp(value, clamp.low, clamp.high) : value;
}

__device__ inline bool is_narrowed(Clamp clamp) { return clamp.low != INT8_MIN || clamp.high != INT8_MAX; }

/// Two values of 8 bits below what is there already.
__device__ inline std::uint32_t pack(std::int32_t first, std::int32_t second, std::uint32_t above) {
  std::uint32_t packed = 0;
  asm("cvt.pack.sat.s8.s32.b32 %0, %1, %2, %3;" : "=r"(packed) : "r"(second), "r"(first), "r"(above));
  return packed;
}

}  // namespace zsq::runtime::cuda
