// Steps that move values, narrow ones and wide ones: one thread for each value.
#include "runtime/cuda/kernels/places.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

template <class T>
__device__ void concat(const ConcatArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  at<T>(a.out, {v.n, v.y, v.x, v.c + a.first}) = at<const T>(a.in, v);
}
extern "C" __global__ void zsq_concat(const __grid_constant__ ConcatArguments a) { concat<std::int8_t>(a); }
extern "C" __global__ void zsq_wide_concat(const __grid_constant__ ConcatArguments a) {
  concat<std::int32_t>(a);
}

template <class T>
__device__ void slice(const SliceArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  at<T>(a.out, v) = at<const T>(
      a.in, {v.n, a.h.begin + v.y * a.h.step, a.w.begin + v.x * a.w.step, a.c.begin + v.c * a.c.step});
}
extern "C" __global__ void zsq_slice(const __grid_constant__ SliceArguments a) { slice<std::int8_t>(a); }
extern "C" __global__ void zsq_wide_slice(const __grid_constant__ SliceArguments a) {
  slice<std::int32_t>(a);
}

template <class T>
__device__ void pad(const PadArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const std::int32_t y = v.y - a.before_h, x = v.x - a.before_w, c = v.c - a.before_c;
  const bool inside = 0 <= y && y < a.in.h && 0 <= x && x < a.in.w && 0 <= c && c < a.channels;
  at<T>(a.out, v) = inside ? at<const T>(a.in, {v.n, y, x, c}) : static_cast<T>(a.value);
}
extern "C" __global__ void zsq_pad(const __grid_constant__ PadArguments a) { pad<std::int8_t>(a); }
extern "C" __global__ void zsq_wide_pad(const __grid_constant__ PadArguments a) { pad<std::int32_t>(a); }

template <class T>
__device__ void channel_shuffle(const ShuffleArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const auto o = static_cast<std::uint32_t>(v.c), i = quotient(o, a.groups);
  const auto group = static_cast<std::int32_t>(o - i * a.groups.value);
  at<T>(a.out, v) = at<const T>(a.in, {v.n, v.y, v.x, group * a.per_group + static_cast<std::int32_t>(i)});
}
extern "C" __global__ void zsq_channel_shuffle(const __grid_constant__ ShuffleArguments a) {
  channel_shuffle<std::int8_t>(a);
}
extern "C" __global__ void zsq_wide_channel_shuffle(const __grid_constant__ ShuffleArguments a) {
  channel_shuffle<std::int32_t>(a);
}

/// Where an enlarged place comes from, and which of its copies it is.
struct Origin {
  std::int32_t y, x, row, column;
};
__device__ inline Origin origin(const FactorArguments& a, const Value& v) {
  const auto y = static_cast<std::int32_t>(quotient(static_cast<std::uint32_t>(v.y), a.h));
  const auto x = static_cast<std::int32_t>(quotient(static_cast<std::uint32_t>(v.x), a.w));
  return {y, x, v.y - y * static_cast<std::int32_t>(a.h.value),
          v.x - x * static_cast<std::int32_t>(a.w.value)};
}

template <class T>
__device__ void pixel_shuffle(const FactorArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const Origin from = origin(a, v);
  const auto fh = static_cast<std::int32_t>(a.h.value), fw = static_cast<std::int32_t>(a.w.value);
  at<T>(a.out, v) = at<const T>(a.in, {v.n, from.y, from.x, (v.c * fh + from.row) * fw + from.column});
}
extern "C" __global__ void zsq_pixel_shuffle(const __grid_constant__ FactorArguments a) {
  pixel_shuffle<std::int8_t>(a);
}
extern "C" __global__ void zsq_wide_pixel_shuffle(const __grid_constant__ FactorArguments a) {
  pixel_shuffle<std::int32_t>(a);
}

template <class T>
__device__ void pixel_unshuffle(const FactorArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const auto fh = static_cast<std::int32_t>(a.h.value), fw = static_cast<std::int32_t>(a.w.value);
  const auto line = static_cast<std::int32_t>(quotient(static_cast<std::uint32_t>(v.c), a.w));
  const auto channel = static_cast<std::int32_t>(quotient(static_cast<std::uint32_t>(line), a.h));
  at<T>(a.out, v) =
      at<const T>(a.in, {v.n, v.y * fh + line - channel * fh, v.x * fw + v.c - line * fw, channel});
}
extern "C" __global__ void zsq_pixel_unshuffle(const __grid_constant__ FactorArguments a) {
  pixel_unshuffle<std::int8_t>(a);
}
extern "C" __global__ void zsq_wide_pixel_unshuffle(const __grid_constant__ FactorArguments a) {
  pixel_unshuffle<std::int32_t>(a);
}

template <class T>
__device__ void upsample_nearest(const FactorArguments& a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const Origin from = origin(a, v);
  at<T>(a.out, v) = at<const T>(a.in, {v.n, from.y, from.x, v.c});
}
extern "C" __global__ void zsq_upsample_nearest(const __grid_constant__ FactorArguments a) {
  upsample_nearest<std::int8_t>(a);
}
extern "C" __global__ void zsq_wide_upsample_nearest(const __grid_constant__ FactorArguments a) {
  upsample_nearest<std::int32_t>(a);
}
