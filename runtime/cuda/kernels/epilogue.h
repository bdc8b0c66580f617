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

/// a * b + c
__device__ inline std::int64_t multiply_add(std::int32_t a, std::int32_t b, std::int64_t c) {
  std::int64_t sum = 0;
  asm("mad.wide.s32 %0, %1, %2, %3;" : "=l"(sum) : "r"(a), "r"(b), "l"(c));
  return sum;
}

__device__ inline std::int32_t upper_word(std::int64_t v) {
  std::int32_t upper = 0;
  asm("mov.b64 {_, %0}, %1;" : "=r"(upper) : "l"(v));
  return upper;
}

struct ZeroPoints {
  std::int32_t out, residual;
};

/// The same of a sum that began with Finish::start, by the form that `f` has.
template <bool has_residual, bool by_upper_word>
struct ChannelEnd {
  Finish f;
  std::int64_t offset = 0;  // by upper word: both zero points, and the half of the second rounding

  __device__ ChannelEnd(const Finish& finish, const ZeroPoints& zero) : f(finish) {
    if (by_upper_word) offset = static_cast<std::int64_t>(2 * zero.out + 1) << 31;
    if (by_upper_word && has_residual) offset = multiply_add(-256 * zero.residual, f.residual, offset);
  }

  /// Byte b of a word of residuals.
  template <int b>
  __device__ std::int32_t operator()(std::int32_t sum, std::uint32_t word, const ZeroPoints& zero,
                                     const Clamp& clamp) const {
    if constexpr (by_upper_word) {
      const std::int64_t beside =
          has_residual ? multiply_add(times_256<b>(word), f.residual, offset) : offset;
      return upper_word(multiply_add(sum >> f.shifts, f.multiplier, beside));
    } else {
      const auto q = static_cast<std::int8_t>(word >> (8 * b));
      const std::uint32_t term = has_residual ? static_cast<std::uint32_t>(q - zero.residual) *
                                                    static_cast<std::uint32_t>(f.residual)
                                              : 0;
      const std::int32_t product =
          middle(sum >> (f.shifts & 255), 0) * f.multiplier + static_cast<std::int32_t>(term);
      return to_activation<std::int32_t>(shift_round(product, f.shifts >> 8), zero.out, clamp);
    }
  }

 private:
  /// The signed byte b of a word.
  template <int b>
  __device__ static std::int32_t times_256(std::uint32_t word) {
    constexpr int kSign = b | 8, kNone = 4;
    std::int32_t times = 0;
    asm("prmt.b32 %0, %1, 0, %2;" : "=r"(times) : "r"(word), "n"(kSign << 12 | kSign << 8 | b << 4 | kNone));
    return times;
  }
};

/// Whether bounds are not those of 8 bits, which pack() keeps.
__device__ inline bool is_narrowed(Clamp clamp) { return clamp.low != INT8_MIN || clamp.high != INT8_MAX; }

/// Two values of 8 bits below what is there already.
__device__ inline std::uint32_t pack(std::int32_t first, std::int32_t second, std::uint32_t above) {
  std::uint32_t packed = 0;
  asm("cvt.pack.sat.s8.s32.b32 %0, %1, %2, %3;" : "=r"(packed) : "r"(second), "r"(first), "r"(above));
  return packed;
}

}  // namespace zsq::runtime::cuda
