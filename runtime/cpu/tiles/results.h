#pragma once

#include "runtime/cpu/implementation.h"
#include "runtime/cpu/tiles/kernels.h"

namespace zsq::runtime::cpu {

/// Where a convolution's results go from that output place on, counted through the batch.
template <class Conv>
Results results_of(const Plan& plan, const Batch& batch, const Conv& step, std::int64_t place) {
  Results to{.channels = step.kernel.outputs};
  if constexpr (requires { step.residual; }) {
    const auto out = write(plan, batch, step.out);
    to.narrow = out.place(place);
    to.stride = out.channel_stride;
    if (!step.residual) return to;
    const auto residual = read(plan, batch, step.residual->in);
    to.residual = residual.place(place);
    to.residual_stride = residual.channel_stride;
  } else {
    const auto out = write<std::int32_t>(plan, batch, step.out);
    to.wide = out.place(place);
    to.stride = out.channel_stride;
  }
  return to;
}

}  // namespace zsq::runtime::cpu
