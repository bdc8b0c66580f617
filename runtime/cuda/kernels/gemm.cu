// Convolutions and linear layers as products of matrices: a block computes a tile of places by
// outputs, a warp a part of it whose sums stay in registers until they are activations.
#include <utility>

#include "runtime/cuda/kernels/matrix.h"
#include "runtime/cuda/kernels/sums.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

namespace {

/// The shape of a block. A warp computes 16 * warp_rows places by kWarpColumns outputs.
template <int warps_down, int warps_across, int warp_rows, int stages>
struct Tile {
  static constexpr int kWarpsAcross = warps_across, kWarpRows = warp_rows, kStages = stages;
  static constexpr int kThreads = 32 * warps_down * warps_across;
  static constexpr int kRows = 16 * warps_down * warp_rows, kColumns = kWarpColumns * warps_across;
  static constexpr int kStageBytes = (kRows + kColumns) * kGemmDepth;
  static constexpr int kRowsAtOnce = kThreads / 4;  // 4 copies of 16 bytes a row
  static_assert(kRows % kRowsAtOnce == 0);
  static constexpr int kRowCopies = kRows / kRowsAtOnce;
  static constexpr int kColumnCopies = (kColumns + kRowsAtOnce - 1) / kRowsAtOnce;
};

/// Calls visit<i>() for each i below count.
template <int count, class Visit>
__device__ void for_each(const Visit& visit) {
  [&]<int... i>(std::integer_sequence<int, i...>) { (visit.template operator()<i>(), ...); }
  (std::make_integer_sequence<int, count>());
}

/// Of 16 bytes of a row in shared memory. Eight rows are read at once: the swizzle spreads them over all
/// banks.
__device__ inline std::uint32_t swizzled(std::uint32_t row, std::uint32_t chunk) {
  return row * kGemmDepth + ((chunk ^ (row >> 1 & 3)) << 4);
}

/// The taps of a side that lie in front of `end`, counted from the first of them.
__device__ inline std::int32_t taps_before(std::int32_t end, const Side& side, const Divisor& dilation) {
  std::int32_t taps = max(end, 0);
  if (side.dilation != 1)
    taps =
        static_cast<std::int32_t>(quotient(static_cast<std::uint32_t>(taps + side.dilation - 1), dilation));
  return min(taps, side.kernel);
}

/// The taps that a place sees inside the image, whose first tap lies at `first`: a bit each.
__device__ inline std::uint32_t seen(std::int32_t first, const Side& side, const Divisor& dilation,
                                     std::int32_t extent) {
  return (1U << taps_before(extent - first, side, dilation)) - (1U << taps_before(-first, side, dilation));
}

/// What a thread copies of the input: 16 bytes of some rows, always of the same chunk of a k tile.
template <class T, bool padded>
struct RowCopies {
  const std::int8_t* from[T::kRowCopies];
  std::uint32_t inside[T::kRowCopies];  // as Tap::seen

  __device__ RowCopies(const GemmArguments& a, std::int32_t first_row) {
    const std::int32_t first_channel = static_cast<std::int32_t>(blockIdx.y) * a.group_inputs;
#pragma unroll
    for (int i = 0; i < T::kRowCopies; ++i) {
      const std::int32_t row =
          min(first_row + static_cast<std::int32_t>(threadIdx.x >> 2) + i * T::kRowsAtOnce, a.rows - 1);
      if (!padded && a.same_places != 0) {
        from[i] = kept(reinterpret_cast<const std::int8_t*>(a.in.values) + row * a.in.stride + first_channel);
        continue;
      }
      const std::uint32_t line = quotient(static_cast<std::uint32_t>(row), a.out_w),
                          n = quotient(line, a.out_h);
      const std::int32_t x =
          (row - static_cast<std::int32_t>(line * a.out_w.value)) * a.x.stride - a.x.before;
      const std::int32_t y = static_cast<std::int32_t>(line - n * a.out_h.value) * a.y.stride - a.y.before;
      from[i] = kept(at<const std::int8_t>(a.in, static_cast<std::int32_t>(n), y, x) + first_channel);
      if (padded)
        inside[i] =
            kept(seen(y, a.y, a.dilation_y, a.in.h) | seen(x, a.x, a.dilation_x, a.in.w) << kMostPadded);
    }
  }

  __device__ void begin(const GemmArguments& a, const Tap& tap, std::uint32_t to) const {
    constexpr Again kAgain = padded ? Again::yes : Again::no;
    const auto copy = [&]<int i>() {
      const std::int8_t* source = from[i] + tap.offset;
      if (padded) source = (inside[i] & tap.seen) == tap.seen ? source : constants<std::int8_t>(a.outside);
      copy_16<kAgain, i * T::kRowsAtOnce * kGemmDepth, 0>(to, source);
    };
    for_each<T::kRowCopies>(copy);
  }
};

/// One k tile from shared memory.
template <class T>
__device__ void multiply_stage(Sums<T::kWarpRows>& sums, std::uint32_t rows, std::uint32_t columns) {
#pragma unroll
  for (std::uint32_t half = 0; half < kGemmDepth / 32; ++half) {
    std::uint32_t b[2][4];
    load_matrices<0>(b[0], columns ^ half * 32);
    load_matrices<16 * kGemmDepth>(b[1], columns ^ half * 32);
    for_each<T::kWarpRows>([&]<int i>() {
      std::uint32_t rows_of_a[4];
      load_matrices<i * 16 * kGemmDepth>(rows_of_a, rows ^ half * 32);
#pragma unroll
      for (int j = 0; j < 4; ++j)
        multiply(sums[i][j], rows_of_a, b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
    });
  }
}

/// All k tiles, through a ring of stages: while one is multiplied, the next are on their way.
template <class T, bool padded>
__device__ void accumulate(const GemmArguments& a, Sums<T::kWarpRows>& sums, std::int32_t first_row,
                           std::int32_t first_column, std::uint32_t ring) {
  const std::uint32_t thread = threadIdx.x, lane = thread & 31, warp = thread >> 5;
  const RowCopies<T, padded> copies(a, first_row);
  const std::uint32_t my_row = thread >> 2, chunk = thread & 3;
  const std::uint32_t to_rows = kept(swizzled(my_row, chunk));
  const Tap* taps = constants<Tap>(a.taps) + chunk;
  const std::int8_t* weight = constants<std::int8_t>(a.weight) +
                              (first_column + static_cast<std::int32_t>(my_row)) * kGemmDepth + chunk * 16;
  const std::int32_t next_weights = a.columns * kGemmDepth;
  weight += static_cast<std::int64_t>(blockIdx.y) * a.k_tiles * next_weights;

  const auto begin_copies = [&](std::uint32_t stage) {
    copies.begin(a, *taps, stage + to_rows);
    taps += 4;
    if (T::kColumns >= T::kRowsAtOnce || my_row < T::kColumns)
      for_each<T::kColumnCopies>([&]<int i>() {
        constexpr int kOffset = i * T::kRowsAtOnce * kGemmDepth;
        copy_16<Again::no, T::kRows * kGemmDepth + kOffset, kOffset>(stage + to_rows, weight);
      });
    weight += next_weights;
  };

#pragma unroll
  for (int s = 0; s < T::kStages - 1; ++s) {
    if (s < a.k_tiles) begin_copies(ring + s * T::kStageBytes);
    commit_copies();
  }
  const std::uint32_t warp_row = warp / T::kWarpsAcross * T::kWarpRows * 16,
                      warp_column = warp % T::kWarpsAcross * kWarpColumns;
  const std::uint32_t rows = kept(swizzled(warp_row + (lane & 15), lane >> 4));
  const std::uint32_t columns =
      kept(T::kRows * kGemmDepth + swizzled(warp_column + (lane & 7) + (lane >> 4) * 8, lane >> 3 & 1));
  std::uint32_t reading = ring, writing = ring + (T::kStages - 1) * T::kStageBytes;
  const std::uint32_t end = ring + T::kStages * T::kStageBytes;
  std::int32_t k = 0;
#pragma unroll 1
  do {  // there is a k tile
    wait_for_copies<T::kStages - 2>();
    __syncthreads();
    if (k + T::kStages - 1 < a.k_tiles) begin_copies(writing);
    commit_copies();
    multiply_stage<T>(sums, reading + rows, reading + columns);
    reading += T::kStageBytes;
    if (reading == end) reading = ring;
    writing += T::kStageBytes;
    if (writing == end) writing = ring;
  } while (++k < a.k_tiles);
}

/// Where a warp's part of the tile begins, and the first of a thread's eight neighbouring outputs: in its
/// group, in the slot, and among what ends them.
struct Part {
  std::int32_t row, output, channel, finish;
};

template <class T>
__device__ Part part_of(const GemmArguments& a, std::int32_t first_row, std::int32_t first_column) {
  const std::int32_t thread = static_cast<std::int32_t>(threadIdx.x), lane = thread & 31, warp = thread >> 5;
  const std::int32_t output = first_column + warp % T::kWarpsAcross * kWarpColumns + (lane & 3) * 8,
                     group = static_cast<std::int32_t>(blockIdx.y);
  return {first_row + warp / T::kWarpsAcross * T::kWarpRows * 16 + (lane >> 2), output,
          group * a.outputs + output, group * a.columns + output};
}

/// Turns the sums into activations, 8 neighbouring channels at a time.
template <class T, bool has_residual>
__device__ void finish(const GemmArguments& a, Sums<T::kWarpRows>& sums, const Part& part) {
  if (part.output >= a.written) return;
  const auto walk = [&](const Tensor& tensor) {
    auto* first = reinterpret_cast<std::int8_t*>(tensor.values) + part.channel;
    return Walk<std::int8_t>{first + std::int64_t{part.row} * tensor.stride, std::int64_t{16} * tensor.stride,
                             std::int64_t{8} * tensor.stride};
  };
  Ending ending{.finish = constants<Finish>(a.finish) + part.finish,
                .zero = {a.out.zero_point, a.residual.zero_point},
                .clamp = a.clamp,
                .out = walk(a.out),
                .residual = {}};
  if (has_residual) {
    const Walk<std::int8_t> residual = walk(a.residual);
    ending.residual = {residual.first, residual.m_tile, residual.below};
  }
  const std::int32_t rows = a.rows - part.row;  // from the thread's first on
  finish_sums<T::kWarpRows, has_residual>(ending, a.by_upper_word != 0, sums,
                                          [&](int i, int below) { return i * 16 + below * 8 < rows; });
}

/// Turns them into wide values, which are dense.
template <class T>
__device__ void finish_wide(const GemmArguments& a, Sums<T::kWarpRows>& sums, const Part& part) {
  auto* out = reinterpret_cast<std::int32_t*>(a.out.values);
#pragma unroll
  for (int j = 0; j < 4; ++j)
#pragma unroll
    for (int b = 0; b < 2; ++b) {
      const std::int32_t i_output = 2 * j + b;
      if (part.output + i_output >= a.outputs) continue;
      const Finish finish = constants<Finish>(a.finish)[part.finish + i_output];
#pragma unroll
      for (int i = 0; i < T::kWarpRows; ++i)
#pragma unroll
        for (int below = 0; below < 2; ++below) {
          const std::int32_t row = part.row + i * 16 + below * 8;
          if (row < a.rows)
            out[row * a.out.stride + part.channel + i_output] =
                middle(sums[i][j][2 * below + b] >> finish.shifts, 0) * finish.multiplier;
        }
    }
}

extern __shared__ __align__(128) std::int8_t ring[];  // T::kStages * T::kStageBytes

enum class End { narrow, residual, wide };

template <class T, bool padded, End end>
__device__ void gemm(const GemmArguments& a) {
  const std::uint32_t row_tile = quotient(blockIdx.x, a.column_tiles);
  const std::int32_t first_row = static_cast<std::int32_t>(row_tile) * T::kRows;
  const std::int32_t first_column =
      static_cast<std::int32_t>(blockIdx.x - row_tile * a.column_tiles.value) * T::kColumns;
  const Part part = part_of<T>(a, first_row, first_column);
  Sums<T::kWarpRows> sums;
  begin_sums<T::kWarpRows>(constants<Finish>(a.finish) + part.finish, sums);
  accumulate<T, padded>(a, sums, first_row, first_column, shared_address(ring));
  if constexpr (end == End::wide)
    finish_wide<T>(a, sums, part);
  else
    finish<T, end == End::residual>(a, sums, part);
}

}  // namespace

#define ZSQ_GEMM(name, tile, padded, end)                      \
  extern "C" __global__ void __launch_bounds__(tile::kThreads) \
      name(const __grid_constant__ GemmArguments a) {          \
    gemm<tile, padded, end>(a);                                \
  }
#define ZSQ_GEMMS(shape, tile)                                            \
  ZSQ_GEMM(zsq_gemm_##shape, tile, false, End::narrow)                    \
  ZSQ_GEMM(zsq_gemm_##shape##_padded, tile, true, End::narrow)            \
  ZSQ_GEMM(zsq_gemm_##shape##_residual, tile, false, End::residual)       \
  ZSQ_GEMM(zsq_gemm_##shape##_padded_residual, tile, true, End::residual) \
  ZSQ_GEMM(zsq_gemm_##shape##_wide, tile, false, End::wide)               \
  ZSQ_GEMM(zsq_gemm_##shape##_padded_wide, tile, true, End::wide)

using Tile256x128 = Tile<2, 4, 8, 3>;
using Tile128x128 = Tile<2, 4, 4, 3>;
using Tile128x64 = Tile<2, 2, 4, 4>;
using Tile64x64 = Tile<2, 2, 2, 4>;
using Tile32x32 = Tile<2, 1, 1, 4>;
ZSQ_GEMMS(256x128, Tile256x128)
ZSQ_GEMMS(128x128, Tile128x128)
ZSQ_GEMMS(128x64, Tile128x64)
ZSQ_GEMMS(64x64, Tile64x64)
ZSQ_GEMMS(32x32, Tile32x32)
