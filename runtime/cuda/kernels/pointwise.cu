// Steps of one value by itself: one thread for each.
#include "runtime/cuda/kernels/places.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

extern "C" __global__ void zsq_pixels(const __grid_constant__ PixelsArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const PixelFactor f = constants<PixelFactor>(a.factors)[v.c];
  at<std::int8_t>(a.out, v) =
      pixel(at<const std::uint8_t>(a.in, v), f.multiplier, f.offset, f.shift, a.clamp);
}

/// Of an image whose places are words: a thread each.
extern "C" __global__ void zsq_pixels_of_words(const __grid_constant__ PixelsArguments a) {
  if (thread_index() >= a.work.count) return;
  const auto channels = a.in.stride;
  const auto* in = reinterpret_cast<const std::uint8_t*>(a.in.values) +
                   thread_index() * static_cast<std::uint32_t>(channels);
  std::uint32_t word = 0;
#pragma unroll
  for (int c = 0; c < 4; ++c) {
    if (c >= channels) break;
    const PixelFactor f = constants<PixelFactor>(a.factors)[c];
    const auto q = static_cast<std::uint8_t>(pixel(in[c], f.multiplier, f.offset, f.shift, a.clamp));
    word |= static_cast<std::uint32_t>(q) << (8 * c);
  }
  reinterpret_cast<std::uint32_t*>(a.out.values)[thread_index()] = word;
}

extern "C" __global__ void zsq_add(const __grid_constant__ AddArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  at<std::int8_t>(a.out, v) =
      add(at<const std::int8_t>(a.a, v) - a.a.zero_point, at<const std::int8_t>(a.b, v) - a.b.zero_point,
          a.factors, a.out.zero_point, a.clamp);
}

extern "C" __global__ void zsq_mul(const __grid_constant__ MulArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const std::int32_t y = v.y * a.b_per_place, x = v.x * a.b_per_place;
  const std::int32_t product = (at<const std::int8_t>(a.a, v) - a.a.zero_point) *
                               (at<const std::int8_t>(a.b, v.n, y, x)[v.c] - a.b.zero_point);
  at<std::int8_t>(a.out, v) = requantize(product, a.rescale, a.out.zero_point, a.clamp);
}

template <class To>
__device__ void look_up(const TableArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  at<To>(a.out, v) = constants<To>(a.values)[at<const std::int8_t>(a.in, v) + 128];
}
extern "C" __global__ void zsq_table(const __grid_constant__ TableArguments a) { look_up<std::int8_t>(a); }
extern "C" __global__ void zsq_wide_table(const __grid_constant__ TableArguments a) {
  look_up<std::int32_t>(a);
}

extern "C" __global__ void zsq_wide_add(const __grid_constant__ WideAddArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  at<std::int32_t>(a.out, v) = at<const std::int32_t>(a.a, v) + at<const std::int32_t>(a.b, v);
}

extern "C" __global__ void zsq_wide_activation(const __grid_constant__ WideActivationArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  at<std::int32_t>(a.out, v) = wide_activation(at<const std::int32_t>(a.in, v), a.slope, a.clamp);
}

extern "C" __global__ void zsq_hand_out(const __grid_constant__ HandOutArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  reinterpret_cast<std::int32_t*>(a.out)[thread_index()] = at<const std::int8_t>(a.in, v) - a.in.zero_point;
}
