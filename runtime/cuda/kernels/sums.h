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

/// Where a thread's eight outputs of its first place are, and how far it is to its other places.
template <class T>
struct Walk {
  T* first = nullptr;
  std::int64_t m_tile = 0, below = 0;  // bytes to the next m tile, and from above to below
};

/// What finish_sums() reads beside the sums.
struct Ending {
  const Finish* finish;  // of the thread's first output
  ZeroPoints zero;
  Clamp clamp;
  Walk<std::int8_t> out;
  Walk<const std::int8_t> residual;
};

/// Eight activations of each of a thread's places, by m tile and by above and below.
template <int rows>
using Packed = uint2[rows][2];

/// beside: their residuals.
template <int rows, bool has_residual, bool by_upper_word>
__device__ void pack_sums(const Ending& e, const Sums<rows>& sums, const Packed<rows>& beside,
                          Packed<rows>& packed) {
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
}

/// is_there(i, below): whether the thread's place in m tile i, above or below, is one.
template <int rows, bool has_residual, bool by_upper_word, class IsThere>
__device__ void finish_sums(const Ending& e, const Sums<rows>& sums, const IsThere& is_there) {
  Packed<rows> packed, beside{};
  if (has_residual) {
    const std::int8_t* place = e.residual.first;
#pragma unroll
    for (int i = 0; i < rows; ++i) {
      if (is_there(i, 0)) beside[i][0] = *reinterpret_cast<const uint2*>(place);
      if (is_there(i, 1)) beside[i][1] = *reinterpret_cast<const uint2*>(place + e.residual.below);
      place += e.residual.m_tile;
    }
  }
  pack_sums<rows, has_residual, by_upper_word>(e, sums, beside, packed);
  std::int8_t* place = e.out.first;
#pragma unroll
  for (int i = 0; i < rows; ++i) {
    if (is_there(i, 0)) *reinterpret_cast<uint2*>(place) = packed[i][0];
    if (is_there(i, 1)) *reinterpret_cast<uint2*>(place + e.out.below) = packed[i][1];
    place += e.out.m_tile;
  }
}

template <int rows, bool has_residual, class IsThere>
__device__ void finish_sums(const Ending& e, bool by_upper_word, const Sums<rows>& sums,
                            const IsThere& is_there) {
  if (by_upper_word)
    finish_sums<rows, has_residual, true>(e, sums, is_there);
  else
    finish_sums<rows, has_residual, false>(e, sums, is_there);
}

}  // namespace zsq::runtime::cuda
