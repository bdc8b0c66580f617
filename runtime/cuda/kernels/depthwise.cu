// Depthwise convolutions of 3x3, 5x5 and 7x7, strides 1 and 2: a thread computes neighbouring places of four
// channels. A column of the image is turned once so that the rows of a channel are one word, for dp4a.
#include "runtime/cuda/kernels/epilogue.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

namespace {

template <int kernel, int stride>
struct Extent {
  static constexpr int kPlacesDown = depthwise_places(kernel, stride).rows;
  static constexpr int kPlacesAcross = depthwise_places(kernel, stride).columns;
  static constexpr int kRows = (kPlacesDown - 1) * stride + kernel;  // of the image
  static constexpr int kColumns = (kPlacesAcross - 1) * stride + kernel;
  static constexpr int kWords = depthwise_words(kernel, stride);
  using Sums = std::int32_t[kPlacesDown][kPlacesAcross][4];  // by channel
};

/// Four channels of up to four rows become, by channel, a word of rows. Beyond the last row is anything.
template <int rows>
__device__ void turn(const std::uint32_t* row, std::uint32_t (&channel)[4]) {
  if constexpr (rows == 1) {
#pragma unroll
    for (int c = 0; c < 4; ++c) channel[c] = row[0] >> (8 * c);
  } else {
    constexpr int kLast = rows - 1;
    const std::uint32_t low = __byte_perm(row[0], row[1], 0x5140), high = __byte_perm(row[0], row[1], 0x7362);
    if constexpr (rows == 2) {
      channel[0] = low;
      channel[1] = low >> 16;
      channel[2] = high;
      channel[3] = high >> 16;
    } else if constexpr (rows == 3) {
      channel[0] = __byte_perm(low, row[kLast], 0x4410);
      channel[1] = __byte_perm(low, row[kLast], 0x5532);
      channel[2] = __byte_perm(high, row[kLast], 0x6610);
      channel[3] = __byte_perm(high, row[kLast], 0x7732);
    } else {
      const std::uint32_t low2 = __byte_perm(row[2], row[kLast], 0x5140),
                          high2 = __byte_perm(row[2], row[kLast], 0x7362);
      channel[0] = __byte_perm(low, low2, 0x5410);
      channel[1] = __byte_perm(low, low2, 0x7632);
      channel[2] = __byte_perm(high, high2, 0x5410);
      channel[3] = __byte_perm(high, high2, 0x7632);
    }
  }
}

template <int rows, int words>
__device__ void turn_column(const std::uint32_t (&row)[rows], std::uint32_t (&channel)[words][4]) {
  turn<(rows < 4 ? rows : 4)>(row, channel[0]);
  if constexpr (rows > 4) turn<rows - 4>(row + 4, channel[1]);
}

/// The rows of the image that a thread's places see, a column after the other; beside the image is the zero
/// point.
template <int rows>
struct Rows {
  const std::int8_t* place[rows];
  std::int64_t step[rows];
  std::uint32_t outside;

  __device__ Rows(const DepthwiseArguments& a, const std::int8_t* corner, std::int32_t y0)
      : outside(*constants<std::uint32_t>(a.outside)) {
    const std::int64_t line = std::int64_t{a.in.w} * a.in.stride;
#pragma unroll
    for (int i = 0; i < rows; ++i) {
      const bool is_row = static_cast<std::uint32_t>(y0 + i) < static_cast<std::uint32_t>(a.in.h);
      place[i] = is_row ? corner : constants<std::int8_t>(a.outside);
      step[i] = is_row ? a.in.stride : 0;
      corner += line;
    }
  }
  __device__ void next(std::uint32_t (&row)[rows], bool is_column) {
#pragma unroll
    for (int i = 0; i < rows; ++i) {
      row[i] = is_column ? *reinterpret_cast<const std::uint32_t*>(place[i]) : outside;
      place[i] += step[i];
    }
  }
};

template <int kernel, int stride, class E = Extent<kernel, stride>>
__device__ void accumulate(const DepthwiseArguments& a, const Value& v, typename E::Sums& sums) {
  const uint4* packed = constants<uint4>(a.weight) + v.c * (E::kPlacesDown * kernel * E::kWords);
  std::uint32_t weight[E::kPlacesDown][kernel][E::kWords][4];
#pragma unroll
  for (int down = 0; down < E::kPlacesDown; ++down)
#pragma unroll
    for (int j = 0; j < kernel; ++j)
#pragma unroll
      for (int w = 0; w < E::kWords; ++w) {
        const uint4 four = packed[(down * kernel + j) * E::kWords + w];
        weight[down][j][w][0] = four.x;
        weight[down][j][w][1] = four.y;
        weight[down][j][w][2] = four.z;
        weight[down][j][w][3] = four.w;
      }
  const std::int32_t y0 = v.y * (E::kPlacesDown * stride) - a.y.before,
                     x0 = v.x * (E::kPlacesAcross * stride) - a.x.before;
  Rows<E::kRows> rows(a, at<const std::int8_t>(a.in, v.n, y0, x0) + 4 * v.c, y0);
#pragma unroll
  for (int column = 0; column < E::kColumns; ++column) {
    std::uint32_t row[E::kRows], channel[E::kWords][4];
    rows.next(row, static_cast<std::uint32_t>(x0 + column) < static_cast<std::uint32_t>(a.in.w));
    turn_column(row, channel);
#pragma unroll
    for (int across = 0; across < E::kPlacesAcross; ++across) {
      const int j = column - across * stride;
      if (j < 0 || j >= kernel) continue;
#pragma unroll
      for (int down = 0; down < E::kPlacesDown; ++down)
#pragma unroll
        for (int w = 0; w < E::kWords; ++w)
#pragma unroll
          for (int c = 0; c < 4; ++c)
            sums[down][across][c] = __dp4a(static_cast<int>(channel[w][c]),
                                           static_cast<int>(weight[down][j][w][c]), sums[down][across][c]);
    }
  }
}

template <bool by_upper_word, class E>
__device__ void finish(const DepthwiseArguments& a, const Value& v, const Finish (&ends)[4],
                       const typename E::Sums& sums) {
  const ZeroPoints zero{a.out.zero_point, 0};
  const ChannelEnd<false, by_upper_word> end[4]{
      {ends[0], zero}, {ends[1], zero}, {ends[2], zero}, {ends[3], zero}};
  const std::int32_t y = v.y * E::kPlacesDown, x = v.x * E::kPlacesAcross;
  std::int8_t* line = at<std::int8_t>(a.out, v.n, y, x) + 4 * v.c;
#pragma unroll
  for (int down = 0; down < E::kPlacesDown; ++down) {
    if (y + down >= a.out.h) break;
    std::int8_t* place = line;
#pragma unroll
    for (int across = 0; across < E::kPlacesAcross; ++across) {
      std::int32_t value[4];
#pragma unroll
      for (int c = 0; c < 4; ++c)
        value[c] = end[c].template operator()<0>(sums[down][across][c], 0, zero, a.clamp);
      if (x + across < a.out_w)
        *reinterpret_cast<std::uint32_t*>(place) = pack(value[0], value[1], pack(value[2], value[3], 0));
      place += a.out.stride;
    }
    line += std::int64_t{a.out.w} * a.out.stride;
  }
}

template <int kernel, int stride>
__device__ void depthwise(const DepthwiseArguments& a) {
  using E = Extent<kernel, stride>;
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  Finish ends[4];
  typename E::Sums sums;
#pragma unroll
  for (int c = 0; c < 4; ++c) {
    ends[c] = constants<Finish>(a.finish)[4 * v.c + c];
#pragma unroll
    for (auto& line : sums)
#pragma unroll
      for (auto& place : line) place[c] = ends[c].start;
  }
  accumulate<kernel, stride>(a, v, sums);
  if (a.by_upper_word != 0)
    finish<true, E>(a, v, ends, sums);
  else
    finish<false, E>(a, v, ends, sums);
}

}  // namespace

#define ZSQ_DEPTHWISE(kernel, stride)                           \
  extern "C" __global__ void zsq_depthwise_##kernel##_##stride( \
      const __grid_constant__ DepthwiseArguments a) {           \
    depthwise<kernel, stride>(a);                               \
  }
ZSQ_DEPTHWISE(3, 1)
ZSQ_DEPTHWISE(3, 2)
ZSQ_DEPTHWISE(5, 1)
ZSQ_DEPTHWISE(5, 2)
ZSQ_DEPTHWISE(7, 1)
ZSQ_DEPTHWISE(7, 2)
