// Steps of one value by itself, and average pools: a thread computes 16 neighbouring channels of a place.
#include "runtime/cuda/kernels/epilogue.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

namespace {

__device__ uint4& vector_at(const Tensor& tensor, const Value& v) {
  return reinterpret_cast<uint4*>(at<std::int8_t>(tensor, v.n, v.y, v.x))[v.c];
}

__device__ std::int32_t byte_of(std::uint32_t word, int i) {
  return static_cast<std::int8_t>(word >> (8 * i));
}

/// make(word, byte) for each of 16 channels.
template <class Make>
__device__ uint4 packed(const Make& make) {
  std::uint32_t words[4];
#pragma unroll
  for (int w = 0; w < 4; ++w) words[w] = pack(make(w, 0), make(w, 1), pack(make(w, 2), make(w, 3), 0));
  return {words[0], words[1], words[2], words[3]};
}

struct Words {
  std::uint32_t word[4];
  __device__ explicit Words(const uint4& v) : word{v.x, v.y, v.z, v.w} {}
  __device__ std::int32_t operator()(int w, int b) const { return byte_of(word[w], b); }
};

}  // namespace

extern "C" __global__ void zsq_add_16(const __grid_constant__ AddArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const Words first(vector_at(a.a, v)), second(vector_at(a.b, v));
  // Both zero points and the half of the rounding, modulo 2^32: the sum of all fits.
  const std::uint32_t offset = ((1U << a.factors.shift) >> 1) -
                               static_cast<std::uint32_t>(a.a.zero_point * a.factors.a_multiplier) -
                               static_cast<std::uint32_t>(a.b.zero_point * a.factors.b_multiplier);
  vector_at(a.out, v) = packed([&](int w, int b) {
    const std::uint32_t sum = static_cast<std::uint32_t>(first(w, b) * a.factors.a_multiplier) +
                              static_cast<std::uint32_t>(second(w, b) * a.factors.b_multiplier) + offset;
    return to_activation<std::int32_t>(static_cast<std::int32_t>(sum) >> a.factors.shift, a.out.zero_point,
                                       a.clamp);
  });
}

extern "C" __global__ void zsq_mul_16(const __grid_constant__ MulArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const Words first(vector_at(a.a, v)),
      second(vector_at(a.b, {v.n, v.y * a.b_per_place, v.x * a.b_per_place, v.c}));
  vector_at(a.out, v) = packed([&](int w, int b) {
    return requantize<std::int32_t>((first(w, b) - a.a.zero_point) * (second(w, b) - a.b.zero_point),
                                    a.rescale, a.out.zero_point, a.clamp);
  });
}

extern "C" __global__ void zsq_table_16(const __grid_constant__ TableArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const Words in(vector_at(a.in, v));
  const std::int8_t* of_zero = constants<std::int8_t>(a.values) + 128;
  vector_at(a.out, v) = packed([&](int w, int b) { return std::int32_t{of_zero[in(w, b)]}; });
}

extern "C" __global__ void zsq_avg_pool_16(const __grid_constant__ AvgPoolArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  std::int32_t sums[4][4]{}, places = 0;
  for_each_seen(a.window, a.in, v, [&](std::int32_t y, std::int32_t x) {
    const uint4 seen = vector_at(a.in, {v.n, y, x, v.c});
    const std::uint32_t words[4]{seen.x, seen.y, seen.z, seen.w};
#pragma unroll
    for (int w = 0; w < 4; ++w)
#pragma unroll
      for (int b = 0; b < 4; ++b)  // one byte of the four
        sums[w][b] = __dp4a(static_cast<int>(words[w]), 1 << (8 * b), sums[w][b]);
    ++places;
  });
  const WideRescale rescale = constants<WideRescale>(a.rescale)[a.constant != 0 ? 0 : places - 1];
  const std::int32_t zero = places * a.in.zero_point;
  vector_at(a.out, v) = packed([&](int w, int b) {
    return requantize<std::int32_t>(sums[w][b] - zero, rescale, a.out.zero_point, a.clamp);
  });
}
