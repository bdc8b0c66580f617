// Windows of one channel, and bilinear upsampling: one thread for each value.
#include "runtime/cuda/kernels/places.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

template <class T>
__device__ void max_pool(const MaxPoolArguments& a, T smallest) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  std::int32_t largest = smallest;
  for_each_seen(a.window, a.in, v, [&](std::int32_t y, std::int32_t x) {
    largest = std::max<std::int32_t>(largest, at<const T>(a.in, v.n, y, x)[v.c]);
  });
  at<T>(a.out, v) = static_cast<T>(largest);
}
extern "C" __global__ void zsq_max_pool(const __grid_constant__ MaxPoolArguments a) {
  max_pool<std::int8_t>(a, INT8_MIN);
}
extern "C" __global__ void zsq_wide_max_pool(const __grid_constant__ MaxPoolArguments a) {
  max_pool<std::int32_t>(a, INT32_MIN);
}

/// Sixteen channels a thread. The largest of whole words is the largest of their highest bytes, whatever is
/// below them, so shifted words give the others.
extern "C" __global__ void zsq_max_pool_16(const __grid_constant__ VectorPoolArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  std::int32_t largest[4][4];  // by word and byte, which is the highest one
  for (auto& word : largest)
    for (std::int32_t& byte : word) byte = INT32_MIN;
  for_each_seen(a.window, a.in, v, [&](std::int32_t y, std::int32_t x) {
    const int4 seen = reinterpret_cast<const int4*>(at<const std::int8_t>(a.in, v.n, y, x))[v.c];
    const std::int32_t words[4]{seen.x, seen.y, seen.z, seen.w};
#pragma unroll
    for (int w = 0; w < 4; ++w)
#pragma unroll
      for (int b = 0; b < 4; ++b)
        largest[w][b] = max(largest[w][b],
                            static_cast<std::int32_t>(static_cast<std::uint32_t>(words[w]) << (8 * (3 - b))));
  });
  std::uint32_t packed[4];
#pragma unroll
  for (int w = 0; w < 4; ++w) {
    const std::uint32_t low = __byte_perm(static_cast<std::uint32_t>(largest[w][0]),
                                          static_cast<std::uint32_t>(largest[w][1]), 0x0073);
    const std::uint32_t high = __byte_perm(static_cast<std::uint32_t>(largest[w][2]),
                                           static_cast<std::uint32_t>(largest[w][3]), 0x0073);
    packed[w] = __byte_perm(low, high, 0x5410);
  }
  reinterpret_cast<uint4*>(at<std::int8_t>(a.out, v.n, v.y, v.x))[v.c] = {packed[0], packed[1], packed[2],
                                                                          packed[3]};
}

extern "C" __global__ void zsq_avg_pool(const __grid_constant__ AvgPoolArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  std::int32_t sum = 0, places = 0;
  for_each_seen(a.window, a.in, v, [&](std::int32_t y, std::int32_t x) {
    sum += at<const std::int8_t>(a.in, v.n, y, x)[v.c] - a.in.zero_point;
    ++places;
  });
  const WideRescale rescale = constants<WideRescale>(a.rescale)[a.constant != 0 ? 0 : places - 1];
  at<std::int8_t>(a.out, v) = requantize(sum, rescale, a.out.zero_point, a.clamp);
}

template <class T>
__device__ void wide_avg_pool(const WideAvgPoolArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  std::int32_t sum = 0, places = 0;
  for_each_seen(a.window, a.in, v, [&](std::int32_t y, std::int32_t x) {
    sum += shift_round(at<const T>(a.in, v.n, y, x)[v.c] - a.in.zero_point, a.shift);
    ++places;
  });
  const std::int32_t multiplier = constants<std::int32_t>(a.multiplier)[a.constant != 0 ? 0 : places - 1];
  at<std::int32_t>(a.out, v) = wide_average(sum, a.post_shift, multiplier);
}
extern "C" __global__ void zsq_wide_avg_pool(const __grid_constant__ WideAvgPoolArguments a) {
  wide_avg_pool<std::int8_t>(a);
}
extern "C" __global__ void zsq_wide_avg_pool_of_wide(const __grid_constant__ WideAvgPoolArguments a) {
  wide_avg_pool<std::int32_t>(a);
}

/// The weighted sum of term(x) over the four places around an output place.
template <class T, class Term>
__device__ std::int32_t weighted_sum(const UpsampleArguments& a, const Value& v, const Term& term) {
  const Neighbours down = constants<Neighbours>(a.rows)[v.y], across = constants<Neighbours>(a.columns)[v.x];
  const auto along = [&](std::int32_t y) {
    return across.first_weight * term(at<const T>(a.in, v.n, y, across.first)[v.c]) +
           across.second_weight * term(at<const T>(a.in, v.n, y, across.second)[v.c]);
  };
  return down.first_weight * along(down.first) + down.second_weight * along(down.second);
}

extern "C" __global__ void zsq_upsample(const __grid_constant__ UpsampleArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const std::int32_t sum =
      weighted_sum<std::int8_t>(a, v, [&](std::int32_t q) { return q - a.in.zero_point; });
  at<std::int8_t>(a.out, v) = requantize(sum, a.rescale, a.out.zero_point, a.clamp);
}
extern "C" __global__ void zsq_wide_upsample(const __grid_constant__ UpsampleArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  at<std::int32_t>(a.out, v) =
      weighted_sum<std::int32_t>(a, v, [&](std::int32_t q) { return shift_round(q, a.rescale.first_shift); });
}
