#pragma once

#include "runtime/cuda/arguments.h"

/// How the threads of a kernel find their value. For device code alone.
namespace zsq::runtime::cuda {

struct Value {
  std::int32_t n, y, x, c;
};

/// Of this thread, counted through the grid.
__device__ inline std::uint32_t thread_index() { return blockIdx.x * blockDim.x + threadIdx.x; }

__device__ inline Value value_at(std::uint32_t i, const Work& work) {
  const std::uint32_t place = quotient(i, work.c), row = quotient(place, work.w), n = quotient(row, work.h);
  return {static_cast<std::int32_t>(n), static_cast<std::int32_t>(row - n * work.h.value),
          static_cast<std::int32_t>(place - row * work.w.value),
          static_cast<std::int32_t>(i - place * work.c.value)};
}

/// The first channel of a place.
template <class T>
__device__ inline T* at(const Tensor& tensor, std::int32_t n, std::int32_t y, std::int32_t x) {
  return reinterpret_cast<T*>(tensor.values) + ((n * tensor.h + y) * tensor.w + x) * tensor.stride;
}
template <class T>
__device__ inline T& at(const Tensor& tensor, const Value& v) {
  return at<T>(tensor, v.n, v.y, v.x)[v.c];
}

template <class T>
__device__ inline const T* constants(Address address) {
  return reinterpret_cast<const T*>(address);
}

/// Computed here and kept in a register: the compiler would compute it again wherever it is used.
template <class T>
__device__ T kept(T value) {
  if constexpr (sizeof(T) == 8)
    asm volatile("" : "+l"(value));
  else
    asm volatile("" : "+r"(value));
  return value;
}

/// Calls visit(y, x) for each place that the window of an output place sees inside the image.
template <class Visit>
__device__ inline void for_each_seen(const Sides& window, const Tensor& in, const Value& v,
                                     const Visit& visit) {
  const std::int32_t y0 = v.y * window.y.stride - window.y.before;
  const std::int32_t x0 = v.x * window.x.stride - window.x.before;
#pragma unroll 1
  for (std::int32_t i = 0; i < window.y.kernel; ++i) {
    const std::int32_t y = y0 + i * window.y.dilation;
    if (y < 0 || y >= in.h) continue;
#pragma unroll 1
    for (std::int32_t j = 0; j < window.x.kernel; ++j) {
      const std::int32_t x = x0 + j * window.x.dilation;
      if (x >= 0 && x < in.w) visit(y, x);
    }
  }
}

}  // namespace zsq::runtime::cuda
