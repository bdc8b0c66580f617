#include "runtime/reference/compute.h"

namespace zsq::runtime::reference {
namespace {

/// An output place of one image.
struct Place {
  std::int64_t n, y, x;
};

/// bias + sum x * w of one output; outside the image x is the zero point.
std::int32_t accumulate(const Kernel& kernel, Grid<const std::int8_t> in, std::int32_t zero_point,
                        Place place, std::int64_t o) {
  const Window& window = kernel.window;
  const std::int64_t first_input = o / (kernel.outputs / kernel.groups) * kernel.inputs_per_group;
  const std::int8_t* weight =
      &kernel
           .weight[static_cast<std::size_t>(o * window.kernel.h * window.kernel.w * kernel.inputs_per_group)];
  std::int32_t acc = kernel.bias[static_cast<std::size_t>(o)];
  for (std::int64_t i = 0; i < window.kernel.h; ++i) {
    for (std::int64_t j = 0; j < window.kernel.w; ++j) {
      const std::int64_t y = place.y * window.stride.h - window.padding.top + i * window.dilation.h;
      const std::int64_t x = place.x * window.stride.w - window.padding.left + j * window.dilation.w;
      const bool inside = 0 <= y && y < in.shape.h && 0 <= x && x < in.shape.w;
      for (std::int64_t k = 0; k < kernel.inputs_per_group; ++k)
        acc += (inside ? in.at(place.n, y, x)[first_input + k] : zero_point) * *weight++;
    }
  }
  return acc;
}

}  // namespace

void compute_row(const Plan& plan, const Conv2d& step, const Batch& batch, Row row) {
  const auto in = read(plan, batch, step.in);
  const auto out = write(plan, batch, step.out);
  const std::int32_t in_zero = plan[step.in].zero_point, out_zero = plan[step.out].zero_point;
  for (std::int64_t x = 0; x < out.shape.w; ++x) {
    for (std::int64_t o = 0; o < out.shape.c; ++o) {
      const auto channel = static_cast<std::size_t>(o);
      const std::int32_t acc = accumulate(step.kernel, in, in_zero, {row.n, row.y, x}, o);
      std::int8_t& result = out.at(row.n, row.y, x)[o];
      if (step.residual) {
        const Residual& residual = *step.residual;
        const std::int32_t r =
            read(plan, batch, residual.in).at(row.n, row.y, x)[o] - plan[residual.in].zero_point;
        const std::int32_t term = residual_term(r, residual.multiplier[channel], residual.shift[channel]);
        result = requantize(acc, term, step.rescale[channel], out_zero, step.clamp);
      } else {
        result = requantize(acc, step.rescale[channel], out_zero, step.clamp);
      }
    }
  }
}

void compute_row(const Plan& plan, const WideConv2d& step, const Batch& batch, Row row) {
  const auto in = read(plan, batch, step.in);
  const auto out = write<std::int32_t>(plan, batch, step.out);
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t o = 0; o < out.shape.c; ++o) {
      const auto channel = static_cast<std::size_t>(o);
      const std::int32_t acc = accumulate(step.kernel, in, plan[step.in].zero_point, {row.n, row.y, x}, o);
      out.at(row.n, row.y, x)[o] = to_wide(acc, step.shift[channel], step.multiplier[channel]);
    }
}

}  // namespace zsq::runtime::reference
