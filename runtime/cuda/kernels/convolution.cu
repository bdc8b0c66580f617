// Any convolution, grouped, strided, dilated: one thread for each value. What the faster kernels must equal.
#include "runtime/cuda/kernels/epilogue.h"

using namespace zsq::runtime;
using namespace zsq::runtime::cuda;

__device__ std::int32_t accumulate(const ConvolutionArguments& a, const Value& v, std::int32_t bias) {
  const auto group =
      static_cast<std::int32_t>(quotient(static_cast<std::uint32_t>(v.c), a.outputs_per_group));
  const std::int32_t first = group * a.inputs_per_group;
  const std::int8_t* weight =
      constants<std::int8_t>(a.weight) + v.c * a.window.y.kernel * a.window.x.kernel * a.inputs_per_group;
  const std::int32_t y0 = v.y * a.window.y.stride - a.window.y.before;
  const std::int32_t x0 = v.x * a.window.x.stride - a.window.x.before;
  std::int32_t acc = bias;
#pragma unroll 1
  for (std::int32_t i = 0; i < a.window.y.kernel; ++i) {
    const std::int32_t y = y0 + i * a.window.y.dilation;
#pragma unroll 1
    for (std::int32_t j = 0; j < a.window.x.kernel; ++j) {
      const std::int32_t x = x0 + j * a.window.x.dilation;
      const bool inside = 0 <= y && y < a.in.h && 0 <= x && x < a.in.w;
      const std::int8_t* in = at<const std::int8_t>(a.in, v.n, y, x) + first;
#pragma unroll 1
      for (std::int32_t k = 0; k < a.inputs_per_group; ++k)
        acc += (inside ? in[k] : a.in.zero_point) * *weight++;
    }
  }
  return acc;
}

extern "C" __global__ void zsq_convolution(const __grid_constant__ ConvolutionArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const Channel channel = constants<Channel>(a.channels)[v.c];
  const std::int32_t acc = accumulate(a, v, channel.bias);
  std::int32_t residual = 0;
  if (a.residual_factors != 0) {
    const ResidualFactor f = constants<ResidualFactor>(a.residual_factors)[v.c];
    residual =
        residual_term(at<const std::int8_t>(a.residual, v) - a.residual.zero_point, f.multiplier, f.shift);
  }
  at<std::int8_t>(a.out, v) =
      static_cast<std::int8_t>(activation(acc, residual, channel, a.out.zero_point, a.clamp));
}

extern "C" __global__ void zsq_wide_convolution(const __grid_constant__ ConvolutionArguments a) {
  if (thread_index() >= a.work.count) return;
  const Value v = value_at(thread_index(), a.work);
  const Channel channel = constants<Channel>(a.channels)[v.c];
  at<std::int32_t>(a.out, v) =
      to_wide(accumulate(a, v, channel.bias), channel.first_shift, channel.multiplier);
}
