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
  std::int32_t stride;
  ZeroPoints zero;
  Clamp clamp;
  const std::int8_t* residual;
  std::int32_t residual_stride;
};

/// place(i, below): the place of the thread in m tile i, above or below, counted through the batch; negative
/// where there is none.
template <int rows, bool has_residual, bool by_upper_word, class Place>
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
  const auto pack_two = [&]<int j>() {
    const ChannelEnd<has_residual, by_upper_word> first(e.finish[2 * j], e.zero),
        second(e.finish[2 * j + 1], e.zero);
    constexpr int kByte = j % 2 * 2;
#pragma unroll
    for (int i = 0; i < rows; ++i)
#pragma unroll
      for (int below = 0; below < 2; ++below) {
        const std::uint32_t residual = j < 2 ? beside[i][below].x : beside[i][below].y;
        std::uint32_t& word = j < 2 ? packed[i][below].x : packed[i][below].y;
        word =
            pack(first.template operator()<kByte>(sums[i][j][2 * below], residual, e.zero, e.clamp),
                 second.template operator()<kByte + 1>(sums[i][j][2 * below + 1], residual, e.zero, e.clamp),
                 j % 2 == 1 ? 0 : word);
      }
  };
  pack_two.template operator()<3>();  // from above, as pack() packs
  pack_two.template operator()<2>();
  pack_two.template operator()<1>();
  pack_two.template operator()<0>();
#pragma unroll
  for (int i = 0; i < rows; ++i)
#pragma unroll
    for (int below = 0; below < 2; ++below)
      if (const std::int32_t at = place(i, below); at >= 0)
        *reinterpret_cast<uint2*>(e.out + at * e.stride) = packed[i][below];
}

template <int rows, bool has_residual, class Place>
__device__ void finish_sums(const Ending& e, bool by_upper_word, Sums<rows>& sums, const Place& place) {
  if (by_upper_word)
    finish_sums<rows, has_residual, true>(e, sums, place);
  else
    finish_sums<rows, has_residual, false>(e, sums, place);
}

}  // namespace zsq::runtime::cuda
