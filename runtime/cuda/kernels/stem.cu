// The first convolution, of an image whose places are words of at most four channels: a tap is a word, so the
// matrix of patches is read straight from a patch of the image in shared memory.
#include "runtime/cuda/kernels/matrix.h"
#include "runtime/cuda/kernels/sums.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

namespace {

constexpr int kThreads = 128, kWarpRows = 2, kParts = kStemOutputs / kWarpColumns;

/// Of the output: its image, and its first row and column.
struct Corner {
  std::int32_t n, y, x;
};

/// A place of the image that is there already.
struct Words {
  const std::uint32_t* image;
  __device__ std::uint32_t operator()(std::int32_t place) const { return image[place]; }
};

/// A place that is made of pixels.
struct FromPixels {
  const StemArguments& a;
  const std::uint8_t* image;
  PixelFactor factors[4];

  __device__ FromPixels(const StemArguments& arguments, std::int32_t n)
      : a(arguments),
        image(reinterpret_cast<const std::uint8_t*>(a.in.values) + n * a.in.h * a.in.w * a.in.stride) {
#pragma unroll
    for (int c = 0; c < 4; ++c) factors[c] = constants<PixelFactor>(a.factors)[min(c, a.in.stride - 1)];
  }
  __device__ std::uint32_t operator()(std::int32_t place) const {
    std::uint32_t word = 0;
#pragma unroll
    for (int c = 0; c < 4; ++c) {
      if (c >= a.in.stride) break;
      const PixelFactor& f = factors[c];
      const auto q = static_cast<std::uint8_t>(
          pixel(image[place * a.in.stride + c], f.multiplier, f.offset, f.shift, a.pixel_clamp));
      word |= static_cast<std::uint32_t>(q) << (8 * c);
    }
    return word;
  }
};

/// Brings all that the block's places see; the zero point beside the image.
template <class Image>
__device__ void load_patch(const StemArguments& a, const Corner& corner, const Image& image,
                           std::uint32_t* patch) {
  const std::int32_t y0 = corner.y * a.y.stride - a.y.before, x0 = corner.x * a.x.stride - a.x.before;
  const std::uint32_t outside = static_cast<std::uint8_t>(a.in.zero_point) * 0x01010101U;
  const std::uint32_t words = static_cast<std::uint32_t>(a.patch_rows) * a.patch_columns.value;
#pragma unroll 1
  for (std::uint32_t i = threadIdx.x; i < words; i += kThreads) {
    const std::uint32_t row = quotient(i, a.patch_columns);
    const std::int32_t y = y0 + static_cast<std::int32_t>(row);
    const std::int32_t x = x0 + static_cast<std::int32_t>(i - row * a.patch_columns.value);
    const bool inside = static_cast<std::uint32_t>(y) < static_cast<std::uint32_t>(a.in.h) &&
                        static_cast<std::uint32_t>(x) < static_cast<std::uint32_t>(a.in.w);
    patch[i] = inside ? image(y * a.in.w + x) : outside;
  }
}

extern __shared__ std::uint32_t patch[];

template <bool from_pixels>
__device__ void stem(const StemArguments& a) {
  const std::uint32_t tile = quotient(blockIdx.x, a.column_tiles), across = quotient(tile, a.tiles_across);
  const auto first_output =
      static_cast<std::int32_t>(blockIdx.x - tile * a.column_tiles.value) * kStemOutputs;
  const std::uint32_t n = quotient(across, a.tiles_down);
  const Corner corner{static_cast<std::int32_t>(n),
                      static_cast<std::int32_t>(across - n * a.tiles_down.value) * kStemRows,
                      static_cast<std::int32_t>(tile - across * a.tiles_across.value) * kStemColumns};
  if constexpr (from_pixels)
    load_patch(a, corner, FromPixels(a, corner.n), patch);
  else
    load_patch(a, corner,
               Words{reinterpret_cast<const std::uint32_t*>(a.in.values) + corner.n * a.in.h * a.in.w},
               patch);
  const std::int32_t lane = static_cast<std::int32_t>(threadIdx.x & 31),
                     warp = static_cast<std::int32_t>(threadIdx.x >> 5);
  const std::int32_t group = lane >> 2, within = lane & 3;
  const std::int32_t output = first_output + within * 8;
  Sums<kWarpRows> sums[kParts];
#pragma unroll
  for (int part = 0; part < kParts; ++part)
    begin_sums<kWarpRows>(constants<Finish>(a.finish) + output + part * kWarpColumns, sums[part]);
  __syncthreads();
  const auto columns = static_cast<std::int32_t>(a.patch_columns.value);
  const std::uint32_t* places = patch + warp * kWarpRows * a.y.stride * columns + group * a.x.stride;
  const std::int32_t* taps = constants<std::int32_t>(a.taps) + within;
  const uint4* weight = constants<uint4>(a.weight) + (first_output / kStemOutputs) * a.steps * 128 + lane;
  std::int32_t step = 0;
#pragma unroll 1
  do {  // there is a step
    const std::int32_t low = taps[0], high = taps[4];
    taps += 8;
    uint4 b[2 * kParts];
#pragma unroll
    for (int i = 0; i < 2 * kParts; ++i) b[i] = weight[i * 32];
    weight += 128;
#pragma unroll
    for (int i = 0; i < kWarpRows; ++i) {
      const std::uint32_t* row = places + i * a.y.stride * columns;
      const std::uint32_t* below = row + 8 * a.x.stride;
      const std::uint32_t values[4]{row[low], below[low], row[high], below[high]};
#pragma unroll
      for (int part = 0; part < kParts; ++part) {
        multiply(sums[part][i][0], values, b[2 * part].x, b[2 * part].y);
        multiply(sums[part][i][1], values, b[2 * part].z, b[2 * part].w);
        multiply(sums[part][i][2], values, b[2 * part + 1].x, b[2 * part + 1].y);
        multiply(sums[part][i][3], values, b[2 * part + 1].z, b[2 * part + 1].w);
      }
    }
  } while (++step < a.steps);
#pragma unroll
  for (int part = 0; part < kParts; ++part) {
    const std::int32_t first = output + part * kWarpColumns;
    if (first >= a.out.stride) continue;
    const Ending ending{.finish = constants<Finish>(a.finish) + first,
                        .out = reinterpret_cast<std::int8_t*>(a.out.values) + first,
                        .stride = a.out.stride,
                        .zero = {a.out.zero_point, 0},
                        .clamp = a.clamp,
                        .residual = nullptr,
                        .residual_stride = 0};
    finish_sums<kWarpRows, false>(ending, a.by_upper_word != 0, sums[part], [&](int i, int below) {
      const std::int32_t y = corner.y + warp * kWarpRows + i, x = corner.x + group + below * 8;
      return y < a.out.h && x < a.out.w ? (corner.n * a.out.h + y) * a.out.w + x : -1;
    });
  }
}

}  // namespace

extern "C" __global__ void __launch_bounds__(kThreads) zsq_stem(const __grid_constant__ StemArguments a) {
  stem<false>(a);
}
extern "C" __global__ void __launch_bounds__(kThreads)
    zsq_pixel_stem(const __grid_constant__ StemArguments a) {
  stem<true>(a);
}
