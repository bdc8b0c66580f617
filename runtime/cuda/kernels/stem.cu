// The first convolution by itself: a warp computes two rows of 16 places.
#include "runtime/cuda/kernels/stem.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

namespace {

constexpr int kWarpRows = 2;

extern __shared__ std::uint32_t patch[];

template <bool from_pixels>
__device__ void stem(const StemArguments& a) {
  const StemTile tile = stem_tile(a);
  const Corner corner{tile.n, tile.y * kStemRows, tile.x * kStemColumns};
  load_image<from_pixels>(a, corner, patch);
  const std::int32_t lane = static_cast<std::int32_t>(threadIdx.x & 31),
                     warp_row = static_cast<std::int32_t>(threadIdx.x >> 5) * kWarpRows;
  const std::int32_t output = tile.first_output + (lane & 3) * 8;
  Sums<kWarpRows> sums[kStemParts];
  begin_parts<kWarpRows>(a, output, sums);
  __syncthreads();
  StemPlaces<kWarpRows> places;
  find_places<kWarpRows>(a, patch, warp_row, places);
  add_taps<kWarpRows>(a, places, tile.first_output, sums);
  const std::int32_t y = corner.y + warp_row, x = corner.x + (lane >> 2);
#pragma unroll
  for (int part = 0; part < kStemParts; ++part) {
    const std::int32_t first = output + part * kWarpColumns;
    if (first >= a.out.stride) continue;
    const Ending ending{.finish = constants<Finish>(a.finish) + first,
                        .zero = {a.out.zero_point, 0},
                        .clamp = a.clamp,
                        .out = {at<std::int8_t>(a.out, corner.n, y, x) + first,
                                std::int64_t{a.out.w} * a.out.stride, std::int64_t{8} * a.out.stride},
                        .residual = {}};
    finish_sums<kWarpRows, false>(ending, a.by_upper_word != 0, sums[part], [&](int i, int below) {
      return y + i < a.out.h && x + below * 8 < a.out.w;
    });
  }
}

}  // namespace

extern "C" __global__ void __launch_bounds__(kStemThreads) zsq_stem(const __grid_constant__ StemArguments a) {
  stem<false>(a);
}
extern "C" __global__ void __launch_bounds__(kStemThreads)
    zsq_pixel_stem(const __grid_constant__ StemArguments a) {
  stem<true>(a);
}
