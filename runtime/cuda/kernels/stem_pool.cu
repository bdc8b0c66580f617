// The first convolution with the max pool of 3x3 and stride 2 behind it. The largest sum makes the largest
// activation, since multipliers are positive: rows are compared as sums, three rows of them are finished
// once, and columns are compared as activations.
#include "runtime/cuda/kernels/stem.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

namespace {

extern __shared__ std::uint32_t patch[];

/// Words from a place to the next of a warp's row: so that no two lanes of a half of it meet in a bank.
constexpr int kPlaceWords = 24, kOutputWords = kStemOutputs / 4;
using Row = std::uint32_t[kStemColumns][kPlaceWords];

/// The largest of three words, byte by byte: that of whole words is the largest of their highest bytes.
__device__ std::uint32_t largest_bytes(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  std::uint32_t largest[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const int up = 8 * (3 - i);
    largest[i] = static_cast<std::uint32_t>(
        max(max(static_cast<std::int32_t>(a << up), static_cast<std::int32_t>(b << up)),
            static_cast<std::int32_t>(c << up)));
  }
  return __byte_perm(__byte_perm(largest[0], largest[1], 0x0073), __byte_perm(largest[2], largest[3], 0x0073),
                     0x5410);
}

/// Takes a row's sums into the largest; a row beside the output is not there.
template <int rows>
__device__ void take(const Sums<rows> (&sums)[kStemParts], int row, bool is_there,
                     Sums<1> (&largest)[kStemParts]) {
  if (!is_there) return;
#pragma unroll
  for (int part = 0; part < kStemParts; ++part)
#pragma unroll
    for (int j = 0; j < 4; ++j)
#pragma unroll
      for (int e = 0; e < 4; ++e) largest[part][0][j][e] = max(largest[part][0][j][e], sums[part][row][j][e]);
}

__device__ void clear(Sums<1> (&sums)[kStemParts]) {
#pragma unroll
  for (auto& part : sums)
#pragma unroll
    for (auto& tile : part[0])
#pragma unroll
      for (std::int32_t& sum : tile) sum = INT32_MIN;
}

/// Of the thread's two places: the smallest value where one is beside the output.
template <bool by_upper_word>
__device__ void put_row(const StemPoolArguments& a, const Sums<1> (&sums)[kStemParts], std::int32_t output,
                        std::int32_t x, Row& row) {
  const auto lane = static_cast<std::int32_t>(threadIdx.x & 31);
  constexpr std::uint32_t kSmallest = 0x80808080U;
#pragma unroll
  for (int part = 0; part < kStemParts; ++part) {
    const Ending ending{.finish = constants<Finish>(a.stem.finish) + output + part * kWarpColumns,
                        .zero = {a.stem.out.zero_point, 0},
                        .clamp = a.stem.clamp,
                        .out = {},
                        .residual = {}};
    Packed<1> packed, none{};
    pack_sums<1, false, by_upper_word>(ending, sums[part], none, packed);
#pragma unroll
    for (int below = 0; below < 2; ++below) {
      const bool is_there = static_cast<std::uint32_t>(x + below * 8) < static_cast<std::uint32_t>(a.conv_w);
      std::uint32_t* to = &row[(lane >> 2) + below * 8][part * (kWarpColumns / 4) + (lane & 3) * 2];
      to[0] = is_there ? packed[0][below].x : kSmallest;
      to[1] = is_there ? packed[0][below].y : kSmallest;
    }
  }
}

/// Compares columns and writes a row of the pool.
__device__ void pool_row(const StemPoolArguments& a, const StemTile& tile, std::int32_t y, const Row& row) {
  const Tensor& out = a.stem.out;
  if (y >= out.h) return;
#pragma unroll 1
  for (std::int32_t i = static_cast<std::int32_t>(threadIdx.x & 31); i < kPoolColumns * kOutputWords;
       i += 32) {
    const std::int32_t column = i / kOutputWords, word = i % kOutputWords;
    const std::int32_t x = tile.x * kPoolColumns + column, output = tile.first_output + word * 4;
    if (x >= out.w || output >= out.stride) continue;
    *reinterpret_cast<std::uint32_t*>(at<std::int8_t>(out, tile.n, y, x) + output) =
        largest_bytes(row[2 * column][word], row[2 * column + 1][word], row[2 * column + 2][word]);
  }
}

template <bool from_pixels, bool by_upper_word>
__device__ void stem_pool(const StemPoolArguments& a, const StemTile& tile, const Corner& corner,
                          Row& pooled) {
  const std::int32_t lane = static_cast<std::int32_t>(threadIdx.x & 31),
                     warp = static_cast<std::int32_t>(threadIdx.x >> 5);
  const std::int32_t output = tile.first_output + (lane & 3) * 8, first_row = warp * kPoolRows * 2;
  const auto is_row = [&](std::int32_t row) {
    return static_cast<std::uint32_t>(corner.y + row) < static_cast<std::uint32_t>(a.conv_h);
  };
  Sums<1> largest[kStemParts];
  {
    Sums<1> sums[kStemParts];
    StemPlaces<1> places;
    begin_parts<1>(a.stem, output, sums);
    find_places<1>(a.stem, patch, first_row, places);
    add_taps<1>(a.stem, places, tile.first_output, sums);
    clear(largest);
    take<1>(sums, 0, is_row(first_row), largest);
  }
  StemPlaces<2> places;
  find_places<2>(a.stem, patch, first_row + 1, places);
  const std::uint32_t two_rows =
      2 * static_cast<std::uint32_t>(a.stem.y.stride) * a.stem.patch_columns.value * 4;
#pragma unroll 1
  for (std::int32_t i = 0; i < kPoolRows; ++i) {
    Sums<2> sums[kStemParts];
    begin_parts<2>(a.stem, output, sums);
    add_taps<2>(a.stem, places, tile.first_output, sums);
    const std::int32_t row = first_row + 2 * i;
    take<2>(sums, 0, is_row(row + 1), largest);
    take<2>(sums, 1, is_row(row + 2), largest);
    __syncwarp();
    put_row<by_upper_word>(a, largest, output, corner.x + (lane >> 2), pooled);
    __syncwarp();
    pool_row(a, tile, (tile.y * (kStemThreads / 32) + warp) * kPoolRows + i, pooled);
    clear(largest);
    take<2>(sums, 1, is_row(row + 2), largest);
#pragma unroll
    for (auto& place : places) {
      place[0] += two_rows;
      place[1] += two_rows;
    }
  }
}

template <bool from_pixels>
__device__ void stem_pool(const StemPoolArguments& a) {
  __shared__ Row rows[kStemThreads / 32];
  const StemTile tile = stem_tile(a.stem);
  const Corner corner{tile.n, tile.y * (kStemThreads / 32) * kPoolRows * 2 - a.before_y,
                      tile.x * kPoolColumns * 2 - a.before_x};
  load_image<from_pixels>(a.stem, corner, patch);
  __syncthreads();
  if (a.stem.by_upper_word != 0)
    stem_pool<from_pixels, true>(a, tile, corner, rows[threadIdx.x >> 5]);
  else
    stem_pool<from_pixels, false>(a, tile, corner, rows[threadIdx.x >> 5]);
}

}  // namespace

extern "C" __global__ void __launch_bounds__(kStemThreads)
    zsq_pixel_stem_pool(const __grid_constant__ StemPoolArguments a) {
  stem_pool<true>(a);
}
