#pragma once

#include "runtime/cuda/kernels/matrix.h"
#include "runtime/cuda/kernels/sums.h"

/// The first convolution, of an image whose places are words of at most four channels: a tap is a word, so
/// the matrix of patches is read straight from a patch of the image in shared memory. For device code alone.
namespace zsq::runtime::cuda {

inline constexpr int kStemParts = kStemOutputs / kWarpColumns;

/// Of the convolution's output: its image, and its first row and column.
struct Corner {
  std::int32_t n, y, x;
};

/// A place of the image that is there already.
struct Words {
  const std::uint32_t* image;
  __device__ std::uint32_t operator()(std::int32_t place) const { return image[place]; }
};

/// A place that is made of pixels. channels: of the image, or 0 for any number; narrowed: bounds are not
/// those that pack() keeps.
template <int channels, bool narrowed>
struct FromPixels {
  const StemArguments& a;
  const std::uint8_t* image;
  PixelFactor factors[4];

  __device__ FromPixels(const StemArguments& arguments, std::int32_t n)
      : a(arguments),
        image(reinterpret_cast<const std::uint8_t*>(a.in.values) + n * a.in.h * a.in.w * a.in.stride) {
#pragma unroll
    for (int c = 0; c < 4; ++c)
      factors[c] = c < count() ? constants<PixelFactor>(a.factors)[c] : PixelFactor{};
  }
  __device__ int count() const { return channels == 0 ? a.in.stride : channels; }
  __device__ std::uint32_t operator()(std::int32_t place) const {
    std::int32_t q[4]{};
#pragma unroll
    for (int c = 0; c < 4; ++c) {
      if (c >= count()) continue;
      const PixelFactor& f = factors[c];
      const std::int32_t p = image[place * count() + c];
      q[c] = narrowed ? pixel(p, f.multiplier, f.offset, f.shift, a.pixel_clamp)
                      : (p * f.multiplier + f.offset) >> f.shift;
    }
    return pack(q[0], q[1], pack(q[2], q[3], 0));
  }
};

/// Brings all that the block's places see; the zero point beside the image.
template <class Image>
__device__ void load_patch(const StemArguments& a, const Corner& corner, const Image& image,
                           std::uint32_t* patch) {
  const std::uint32_t outside = static_cast<std::uint8_t>(a.in.zero_point) * 0x01010101U;
  const std::uint32_t words = static_cast<std::uint32_t>(a.patch_rows) * a.patch_columns.value;
  const std::uint32_t row = quotient(threadIdx.x, a.patch_columns);
  const std::int32_t x0 = corner.x * a.x.stride - a.x.before;
  const std::int32_t end = x0 + static_cast<std::int32_t>(a.patch_columns.value);
  std::int32_t y = corner.y * a.y.stride - a.y.before + static_cast<std::int32_t>(row);
  std::int32_t x = x0 + static_cast<std::int32_t>(threadIdx.x - row * a.patch_columns.value);
#pragma unroll 1
  for (std::uint32_t i = threadIdx.x; i < words; i += kStemThreads) {
    const bool inside = static_cast<std::uint32_t>(y) < static_cast<std::uint32_t>(a.in.h) &&
                        static_cast<std::uint32_t>(x) < static_cast<std::uint32_t>(a.in.w);
    patch[i] = inside ? image(y * a.in.w + x) : outside;
    y += a.rows_on;
    x += a.columns_on;
    if (x >= end) {
      x -= static_cast<std::int32_t>(a.patch_columns.value);
      ++y;
    }
  }
}

template <int channels>
__device__ void load_pixels(const StemArguments& a, const Corner& corner, std::uint32_t* patch) {
  if (is_narrowed(a.pixel_clamp))
    load_patch(a, corner, FromPixels<channels, true>(a, corner.n), patch);
  else
    load_patch(a, corner, FromPixels<channels, false>(a, corner.n), patch);
}

template <bool from_pixels>
__device__ void load_image(const StemArguments& a, const Corner& corner, std::uint32_t* patch) {
  if constexpr (from_pixels) {
    if (a.in.stride == 3)
      load_pixels<3>(a, corner, patch);
    else
      load_pixels<0>(a, corner, patch);
  } else {
    load_patch(a, corner,
               Words{reinterpret_cast<const std::uint32_t*>(a.in.values) + corner.n * a.in.h * a.in.w},
               patch);
  }
}

/// Where the windows of a thread's places begin in the patch, in bytes: above and below, of 16 neighbouring
/// places of some rows.
template <int rows>
using StemPlaces = std::uint32_t[rows][2];

template <int rows>
__device__ void find_places(const StemArguments& a, const std::uint32_t* patch, std::int32_t first_row,
                            StemPlaces<rows>& places) {
  const std::uint32_t row_bytes = static_cast<std::uint32_t>(a.y.stride) * a.patch_columns.value * 4,
                      below_bytes = static_cast<std::uint32_t>(a.x.stride) * 8 * 4;
  const std::uint32_t group = (threadIdx.x & 31) >> 2;
#pragma unroll
  for (int i = 0; i < rows; ++i) {
    places[i][0] = kept(shared_address(patch) + static_cast<std::uint32_t>(first_row + i) * row_bytes +
                        group * static_cast<std::uint32_t>(a.x.stride) * 4);
    places[i][1] = kept(places[i][0] + below_bytes);
  }
}

/// Adds all taps. first_output: of the block.
template <int rows>
__device__ void add_taps(const StemArguments& a, const StemPlaces<rows>& places, std::int32_t first_output,
                         Sums<rows> (&sums)[kStemParts]) {
  const auto lane = static_cast<std::int32_t>(threadIdx.x & 31);
  const std::int32_t* taps = constants<std::int32_t>(a.taps) + (lane & 3);
  const uint4* weight = constants<uint4>(a.weight) + (first_output / kStemOutputs) * a.steps * 128 + lane;
  std::int32_t step = 0;
#pragma unroll 1
  do {  // there is a step
    const auto low = static_cast<std::uint32_t>(taps[0]), high = static_cast<std::uint32_t>(taps[4]);
    taps += 8;
    uint4 b[2 * kStemParts];
#pragma unroll
    for (int i = 0; i < 2 * kStemParts; ++i) b[i] = weight[i * 32];
    weight += 128;
#pragma unroll
    for (int i = 0; i < rows; ++i) {
      const std::uint32_t values[4]{load_word(places[i][0] + low), load_word(places[i][1] + low),
                                    load_word(places[i][0] + high), load_word(places[i][1] + high)};
#pragma unroll
      for (int part = 0; part < kStemParts; ++part) {
        multiply(sums[part][i][0], values, b[2 * part].x, b[2 * part].y);
        multiply(sums[part][i][1], values, b[2 * part].z, b[2 * part].w);
        multiply(sums[part][i][2], values, b[2 * part + 1].x, b[2 * part + 1].y);
        multiply(sums[part][i][3], values, b[2 * part + 1].z, b[2 * part + 1].w);
      }
    }
  } while (++step < a.steps);
}

/// output: of the thread's first.
template <int rows>
__device__ void begin_parts(const StemArguments& a, std::int32_t output, Sums<rows> (&sums)[kStemParts]) {
#pragma unroll
  for (int part = 0; part < kStemParts; ++part)
    begin_sums<rows>(constants<Finish>(a.finish) + output + part * kWarpColumns, sums[part]);
}

/// Which tile of the output a block computes, counted in tiles, and the first of its outputs.
struct StemTile {
  std::int32_t n, y, x, first_output;
};
__device__ inline StemTile stem_tile(const StemArguments& a) {
  const std::uint32_t tile = quotient(blockIdx.x, a.column_tiles), line = quotient(tile, a.tiles_across),
                      n = quotient(line, a.tiles_down);
  return {static_cast<std::int32_t>(n), static_cast<std::int32_t>(line - n * a.tiles_down.value),
          static_cast<std::int32_t>(tile - line * a.tiles_across.value),
          static_cast<std::int32_t>(blockIdx.x - tile * a.column_tiles.value) * kStemOutputs};
}

}  // namespace zsq::runtime::cuda
