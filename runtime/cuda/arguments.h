#pragma once

#include <cstdint>

#include "runtime/arith.h"

/// What kernels are launched with: the same structs on both sides. All are plain values; addresses are those
/// of the device. Extents are of one image, strides are in elements.
namespace zsq::runtime::cuda {

using Address = std::uint64_t;

/// Divides without a division: n / value == (n * multiplier) >> shift for all n < 2^31 (Granlund and
/// Montgomery, "Division by Invariant Integers using Multiplication", 1994). value in [1, 2^31).
struct Divisor {
  std::uint32_t value = 1, multiplier = 1U << 31, shift = 31;
};

constexpr Divisor divisor(std::int64_t value) {
  std::uint32_t bits = 0;
  while ((std::int64_t{1} << bits) < value) ++bits;
  const std::uint64_t power = std::uint64_t{1} << (31 + bits);
  const auto d = static_cast<std::uint64_t>(value);
  return {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>((power + d - 1) / d), 31 + bits};
}

constexpr std::uint32_t quotient(std::uint32_t n, Divisor d) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(n) * d.multiplier) >> d.shift);
}

/// Values of a slot, or of an image.
struct Tensor {
  Address values = 0;
  std::int32_t h = 1, w = 1, stride = 1;  // from a place to the next
  std::int32_t zero_point = 0;
};

/// What one thread each computes: the values of a slot, [n][h][w][c] without padding.
struct Work {
  Divisor c, w, h;
  std::uint32_t count = 0;  // n * h * w * c
};

struct Side {
  std::int32_t kernel = 1, stride = 1, dilation = 1, before = 0;
};

/// How a window walks rows and columns.
struct Sides {
  Side y, x;
};

/// An output channel of a convolution; 16 bytes, so that one load brings it.
struct alignas(16) Channel {
  std::int32_t bias = 0, multiplier = 0, first_shift = 0, second_shift = 0;
};

struct alignas(8) ResidualFactor {
  std::int32_t multiplier = 0, shift = 0;
};

struct PixelFactor {
  std::int32_t multiplier = 0, offset = 0, shift = 0;
};

/// Between as a kernel reads it.
struct alignas(16) Neighbours {
  std::int32_t first = 0, second = 0, first_weight = 0, second_weight = 0;
};

struct PixelsArguments {
  Tensor in, out;   // in: uint8
  Address factors;  // PixelFactor by channel
  Clamp clamp;
  Work work;
};

struct ConvolutionArguments {
  Tensor in, out;
  Address weight;    // as Kernel's
  Address channels;  // Channel by output
  Tensor residual;
  Address residual_factors = 0;  // ResidualFactor by output; 0: no residual
  Sides window;
  std::int32_t inputs_per_group = 1;
  Divisor outputs_per_group;
  Clamp clamp;
  Work work;
};

/// Where 16 bytes of a convolution's input lie from the first tap of an output place, channels innermost.
struct alignas(8) Tap {
  std::int32_t offset = 0;  // bytes
  std::uint32_t seen = 0;   // the bit of its row of the kernel, and kMostPadded bits above that of its column
};

/// Rows and columns of a kernel that has padding.
inline constexpr int kMostPadded = 16;

/// A convolution as a product of matrices: places times taps, by taps times outputs.
struct GemmArguments {
  Tensor in, out;
  Address weight;   // [k tile][columns][64 bytes], columns in the order of gemm_output()
  Address finish;   // Finish by output, padded to the columns
  Address taps;     // Tap for each 16 bytes of the inner extent
  Address outside;  // 16 bytes of the input's zero point
  Tensor residual;
  std::int32_t rows = 0, columns = 0, outputs = 0, k_tiles = 0;  // of a group
  std::int32_t group_inputs = 0;  // channels from a group to the next; blockIdx.y counts groups
  std::int32_t written = 0;       // channels of a group's outputs that may be written, 8 at a time
  std::int32_t same_places = 0;   // 1: each output place sees the same place of the input, and no other
  Divisor column_tiles, out_w, out_h;
  Side y, x;
  Divisor dilation_y, dilation_x;
  Clamp clamp;
  std::int32_t by_upper_word = 0;  // see Finish
};

/// Bytes of the inner extent that a block has in shared memory at once.
inline constexpr int kGemmDepth = 64;
/// Outputs that a warp computes, which are 8 neighbours for each of its threads.
inline constexpr int kWarpColumns = 32;

/// The output that stands in a column of the packed weights: a thread of mma has the columns 8 * j + 2 * t
/// and the next of each tile j; so they become neighbours, which are stored together.
constexpr std::int64_t gemm_output(std::int64_t column) {
  const std::int64_t within = column % kWarpColumns, tile = within / 8, thread = within % 8 / 2;
  return column - within + thread * 8 + tile * 2 + within % 2;
}

/// The end of a channel of a convolution that begins its sums with `start`, the bias and the half of the
/// first rounding. `residual` is a residual's multiplier and shift as one factor, modulo 2^32.
///
/// By upper word, where all channels of a launch can: `multiplier` is shifted to the left by 32 -
/// second_shift and `residual` by 24 - second_shift, so that the upper word of a product of 64 bits is the
/// output, and no middle needs to be saturated: the verifier proves that the clamp cuts off whatever that
/// would cut off, and the clamp is that of 8 bits, which packing keeps; `shifts` is the first. Where not, as
/// arith.h has it.
struct alignas(16) Finish {
  std::int32_t start = 0, multiplier = 0;
  std::int32_t shifts = 0;  // the first, and the second * 256
  std::int32_t residual = 0;
};

/// A convolution of an image of at most four channels, whose places are words.
struct StemArguments {
  Tensor in, out;
  Address weight;          // [64 outputs][8 taps]: by lane what four of mma's tiles need, see stem.cpp
  Address finish;          // Finish by output, padded to 64
  Address taps;            // int32 by tap, padded to 8: bytes in the patch from the first tap to it
  std::int32_t steps = 0;  // of 8 taps
  Divisor column_tiles, tiles_across, tiles_down;
  Divisor patch_columns;
  std::int32_t patch_rows = 0;
  std::int32_t rows_on = 0, columns_on = 0;  // from a thread's place in the patch to its next
  Side y, x;
  Clamp clamp;
  std::int32_t by_upper_word = 0;  // see Finish
  // Of an image that is read as pixels, without a step between: PixelFactor by channel and the bounds of
  // Pixels.
  Address factors = 0;
  Clamp pixel_clamp;
};

/// Places of the output that a block of a stem computes, one warp two rows.
inline constexpr int kStemRows = 8, kStemColumns = 16, kStemOutputs = 64, kStemThreads = 128;

/// That convolution with a max pool of 3x3 and stride 2: `out` is the pool's.
struct StemPoolArguments {
  StemArguments stem;
  std::int32_t conv_h = 1, conv_w = 1;      // of the convolution
  std::int32_t before_y = 0, before_x = 0;  // padding of the pool, at most 1
};

/// What a warp computes of the pool, of 16 columns of the convolution.
inline constexpr int kPoolRows = 7, kPoolColumns = 7;

/// A convolution of one input channel for each output channel; a thread computes neighbouring places of four
/// channels.
struct DepthwiseArguments {
  Tensor in, out;
  Address weight;   // [4 channels][row of places][column][words][channel]: rows of a column, four to a word
  Address finish;   // Finish by channel, padded to 4
  Address outside;  // a word of the input's zero point
  Side y, x;
  std::int32_t out_w = 1;
  Clamp clamp;
  std::int32_t by_upper_word = 0;  // see Finish
  Work work;                       // c: words, w and h: groups of places
};

/// Places that a thread computes. Two rows of them see almost the same rows of the image, where these are one
/// apart.
struct DepthwisePlaces {
  int rows = 1, columns = 4;
};
constexpr DepthwisePlaces depthwise_places(int kernel, int stride) {
  return {stride == 1 ? 2 : 1, kernel == 3 ? 8 : 4};
}

/// Words of four rows that those places see of a column.
constexpr int depthwise_words(int kernel, int stride) {
  return ((depthwise_places(kernel, stride).rows - 1) * stride + kernel + 3) / 4;
}

/// What one thread each computes in steps over 16 channels, or over the places of an image.
struct VectorPoolArguments {
  Tensor in, out;
  Sides window;
  Work work;  // c: vectors of 16 channels
};

struct AddArguments {
  Tensor a, b, out;
  AddFactors factors;
  Clamp clamp;
  Work work;
};

struct MulArguments {
  Tensor a, b, out;
  std::int32_t b_per_place;  // 0: b is a factor per channel
  WideRescale rescale;
  Clamp clamp;
  Work work;
};

/// Of 256 values, int8 or, to a wide slot, int32.
struct TableArguments {
  Tensor in, out;
  Address values;
  Work work;
};

struct MaxPoolArguments {
  Tensor in, out;
  Sides window;
  Work work;
};

struct AvgPoolArguments {
  Tensor in, out;
  Sides window;
  Address rescale;        // WideRescale by the number of places inside the image, minus one
  std::int32_t constant;  // 1: there is one entry only
  Clamp clamp;
  Work work;
};

struct WideAvgPoolArguments {
  Tensor in, out;
  Sides window;
  Address multiplier;     // int32 by the number of places inside the image, minus one
  std::int32_t constant;  // 1: there is one entry only
  std::int32_t shift, post_shift;
  Work work;
};

struct UpsampleArguments {
  Tensor in, out;
  Address rows, columns;  // Neighbours by output row and column
  WideRescale rescale;    // of a wide one, first_shift is its shift and the rest is not read
  Clamp clamp;
  Work work;
};

struct WideAddArguments {
  Tensor a, b, out;
  Work work;
};

struct WideActivationArguments {
  Tensor in, out;
  WideSlope slope;
  WideClamp clamp;
  Work work;
};

/// out[first + c] = in[c]: a part of a concatenation.
struct ConcatArguments {
  Tensor in, out;
  std::int32_t first;
  Work work;  // of the input
};

struct SliceArguments {
  Tensor in, out;
  struct Range {
    std::int32_t begin, step;
  } c, h, w;
  Work work;
};

struct PadArguments {
  Tensor in, out;
  std::int32_t channels;  // of the input
  std::int32_t before_c, before_h, before_w;
  std::int32_t value;
  Work work;
};

struct ShuffleArguments {
  Tensor in, out;
  Divisor groups;
  std::int32_t per_group;
  Work work;
};

/// Of a pixel shuffle and of nearest upsampling.
struct FactorArguments {
  Tensor in, out;
  Divisor h, w;
  Work work;
};

/// The `wanted` largest of each row of `count` values: [rows][wanted] indices, int32.
struct TopArguments {
  Address values, found;
  std::int32_t rows, count, wanted;
};

/// A narrow slot as its caller gets it: int32, dense, less the zero point.
struct HandOutArguments {
  Tensor in;
  Address out;
  Work work;
};

}  // namespace zsq::runtime::cuda
