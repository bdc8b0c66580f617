#pragma once

#include "runtime/cuda/kernels/epilogue.h"

/// The sums of a warp, 16 * rows places by kWarpColumns outputs, from their biases to activations in memory.
/// For device code alone.
namespace zsq::runtime::cuda {

template <int rows>
using Sums = std::int32_t[rows][4][4];  // m tile, n tile, place in the tile

/// Of a thread's eight neighbouring outputs.
template <int rows>
__device__ void begin_sums(const Finish* finish, Sums<rows>& sums) {
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    const std::int32_t first = finish[2 * j].start, second = finish[2 * j + 1].start;
#pragma unroll
    for (int i = 0; i < rows; ++i) {
      sums[i][j][0] = sums[i][j][2] = first;
      sums[i][j][1] = sums[i][j][3] = second;
    }
  }
}

/// What finish_sums() reads beside the sums.
struct Ending {
  const Finish* finish;  // of the thread's first output
  std::int8_t* out;      // that output of place 0
  std::int32_t stride, zero_point;
  Clamp clamp;
  const std::uint32_t* factors;
  const std::int8_t* residual;
  std::int32_t residual_stride;
};

/// The residual's term of byte b of a word, but for its zero point, modulo 2^32.
__device__ inline std::uint32_t term(std::uint32_t word, int b, std::uint32_t factor) {
  return static_cast<std::uint32_t>(static_cast<std::int8_t>(word >> (8 * b))) * factor;
}

/// place(i, below): the place of the thread in m tile i, above or below, counted through the batch; negative
/// where there is none.
template <int rows, bool has_residual, bool is_narrowed, class Place>
__device__ void finish_sums(const Ending& e, Sums<rows>& sums, const Place& place) {
  uint2 packed[rows][2], beside[rows][2];
  if (has_residual) {
#pragma unroll
    for (int i = 0; i < rows; ++i)
#pragma unroll
      for (int below = 0; below < 2; ++below)
        beside[i][below] =
            *reinterpret_cast<const uint2*>(e.residual + max(place(i, below), 0) * e.residual_stride);
  }
#pragma unroll
  for (int j = 3; j >= 0; --j) {  // from above, as pack() packs
    const Finish first = e.finish[2 * j], second = e.finish[2 * j + 1];
    std::uint32_t factors[2]{};
    if (has_residual) {
      factors[0] = e.factors[2 * j];
      factors[1] = e.factors[2 * j + 1];
    }
#pragma unroll
    for (int i = 0; i < rows; ++i)
#pragma unroll
      for (int below = 0; below < 2; ++below) {
        std::uint32_t terms[2]{};
        if (has_residual) {
          const std::uint32_t word = j < 2 ? beside[i][below].x : beside[i][below].y;
          terms[0] = term(word, j % 2 * 2, factors[0]);
          terms[1] = term(word, j % 2 * 2 + 1, factors[1]);
        }
        std::uint32_t& word = j < 2 ? packed[i][below].x : packed[i][below].y;
        word = pack(finished<has_residual, is_narrowed>(sums[i][j][2 * below], terms[0], first, e.zero_point,
                                                        e.clamp),
                    finished<has_residual, is_narrowed>(sums[i][j][2 * below + 1], terms[1], second,
                                                        e.zero_point, e.clamp),
                    j % 2 == 1 ? 0 : word);
      }
  }
#pragma unroll
  for (int i = 0; i < rows; ++i)
#pragma unroll
    for (int below = 0; below < 2; ++below)
      if (const std::int32_t at = place(i, below); at >= 0)
        *reinterpret_cast<uint2*>(e.out + at * e.stride) = packed[i][below];
}

template <int rows, bool has_residual, class Place>
__device__ void finish_sums(const Ending& e, Sums<rows>& sums, const Place& place) {
  if (is_narrowed(e.clamp))
    finish_sums<rows, has_residual, true>(e, sums, place);
  else
    finish_sums<rows, has_residual, false>(e, sums, place);
}

}  // namespace zsq::runtime::cuda
