// Depthwise convolutions of 3x3, 5x5 and 7x7, strides 1 and 2: a thread computes neighbouring places of four
// channels. A column of the image is turned once so that the rows of a channel are one word, for dp4a.
#include "runtime/cuda/kernels/epilogue.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

namespace {

/// Words that the rows of a channel fill.
template <int kernel>
constexpr int kWords = (kernel + 3) / 4;

/// Four channels of up to four rows become, by channel, a word of rows. Beyond the last row is anything.
template <int rows>
__device__ void turn(const std::uint32_t* row, std::uint32_t (&channel)[4]) {
  if constexpr (rows == 1) {
#pragma unroll
    for (int c = 0; c < 4; ++c) channel[c] = row[0] >> (8 * c);
  } else {
    constexpr int kLast = rows - 1;
    const std::uint32_t low = __byte_perm(row[0], row[1], 0x5140), high = __byte_perm(row[0], row[1], 0x7362);
    if constexpr (rows == 3) {
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

template <int kernel>
__device__ void turn_column(const std::uint32_t (&row)[kernel], std::uint32_t (&channel)[kWords<kernel>][4]) {
  turn<(kernel < 4 ? kernel : 4)>(row, channel[0]);
  if constexpr (kernel > 4) turn<kernel - 4>(row + 4, channel[1]);
}

using Places = std::int32_t[kDepthwisePlaces][4];  // by channel

template <int kernel, int stride>
__device__ void accumulate(const DepthwiseArguments& a, const Value& v, Places& sums) {
  constexpr int kColumns = (kDepthwisePlaces - 1) * stride + kernel;
  std::uint32_t weight[kernel][kWords<kernel>][4];
  const uint4* packed = constants<uint4>(a.weight) + v.c * (kernel * kWords<kernel>);
#pragma unroll
  for (int j = 0; j < kernel; ++j)
#pragma unroll
    for (int w = 0; w < kWords<kernel>; ++w) {
      const uint4 four = packed[j * kWords<kernel> + w];
      weight[j][w][0] = four.x;
      weight[j][w][1] = four.y;
      weight[j][w][2] = four.z;
      weight[j][w][3] = four.w;
    }
  const std::int32_t y0 = v.y * stride - a.y.before, x0 = v.x * kDepthwisePlaces * stride - a.x.before;
  const std::uint32_t outside = static_cast<std::uint8_t>(a.in.zero_point) * 0x01010101U;
  const std::int32_t words = a.in.stride / 4;
  const auto* corner =
      reinterpret_cast<const std::uint32_t*>(a.in.values) + ((v.n * a.in.h + y0) * a.in.w + x0) * words + v.c;
#pragma unroll
  for (int column = 0; column < kColumns; ++column) {
    const bool is_column = static_cast<std::uint32_t>(x0 + column) < static_cast<std::uint32_t>(a.in.w);
    std::uint32_t row[kernel], channel[kWords<kernel>][4];
#pragma unroll
    for (int i = 0; i < kernel; ++i) {
      const bool is_row = static_cast<std::uint32_t>(y0 + i) < static_cast<std::uint32_t>(a.in.h);
      row[i] = is_row && is_column ? corner[(i * a.in.w + column) * words] : outside;
    }
    turn_column<kernel>(row, channel);
#pragma unroll
    for (int place = 0; place < kDepthwisePlaces; ++place) {
      const int j = column - place * stride;
      if (j < 0 || j >= kernel) continue;
#pragma unroll
      for (int w = 0; w < kWords<kernel>; ++w)
#pragma unroll
        for (int c = 0; c < 4; ++c)
          sums[place][c] =
              __dp4a(static_cast<int>(channel[w][c]), static_cast<int>(weight[j][w][c]), sums[place][c]);
    }
  }
}

template <bool by_upper_word>
__device__ void finish(const DepthwiseArguments& a, const Value& v, const Finish (&finish)[4],
                       const Places& sums) {
  const ZeroPoints zero{a.out.zero_point, 0};
  auto* out = reinterpret_cast<std::uint32_t*>(a.out.values) +
              ((v.n * a.out.h + v.y) * a.out.w + v.x * kDepthwisePlaces) * (a.out.stride / 4) + v.c;
#pragma unroll
  for (int place = 0; place < kDepthwisePlaces; ++place) {
    std::int32_t value[4];
#pragma unroll
    for (int c = 0; c < 4; ++c)
      value[c] = ChannelEnd<false, by_upper_word>(finish[c], zero)
                     .template operator()<0>(sums[place][c], 0, zero, a.clamp);
    if (v.x * kDepthwisePlaces + place < a.out_w)
      out[place * (a.out.stride / 4)] = pack(value[0], value[1], pack(value[2], value[3], 0));
  }
}

template <int kernel, int stride>
__device__ void depthwise(const DepthwiseArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  Finish ends[4];
  Places sums;
#pragma unroll
  for (int c = 0; c < 4; ++c) {
    ends[c] = constants<Finish>(a.finish)[4 * v.c + c];
#pragma unroll
    for (int place = 0; place < kDepthwisePlaces; ++place) sums[place][c] = ends[c].start;
  }
  accumulate<kernel, stride>(a, v, sums);
  if (a.by_upper_word != 0)
    finish<true>(a, v, ends, sums);
  else
    finish<false>(a, v, ends, sums);
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
