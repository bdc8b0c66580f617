#include "runtime/reference/compute.h"

namespace zsq::runtime::reference {

void compute_row(const Plan& plan, const Pixels& step, const Batch& batch, Row row) {
  const Grid<const std::uint8_t> in{batch.pixels.data(), plan.image, plan.image.c};
  const auto out = write(plan, batch, step.out);
  const Clamp clamp = range_of(plan[step.out].bits);
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t o = 0; o < out.shape.c; ++o) {
      const auto c = static_cast<std::size_t>(o);
      out.at(row.n, row.y, x)[o] =
          pixel(in.at(row.n, row.y, x)[o], step.multiplier[c], step.offset[c], step.shift[c], clamp);
    }
}

void compute_row(const Plan& plan, const Add& step, const Batch& batch, Row row) {
  const auto a = read(plan, batch, step.a), b = read(plan, batch, step.b);
  const auto out = write(plan, batch, step.out);
  const std::int32_t a_zero = plan[step.a].zero_point, b_zero = plan[step.b].zero_point;
  const AddFactors factors{step.a_multiplier, step.b_multiplier, step.shift};
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c)
      out.at(row.n, row.y, x)[c] = add(a.at(row.n, row.y, x)[c] - a_zero, b.at(row.n, row.y, x)[c] - b_zero,
                                       factors, plan[step.out].zero_point, step.clamp);
}

void compute_row(const Plan& plan, const Mul& step, const Batch& batch, Row row) {
  const auto a = read(plan, batch, step.a), b = read(plan, batch, step.b);
  const auto out = write(plan, batch, step.out);
  const std::int32_t a_zero = plan[step.a].zero_point, b_zero = plan[step.b].zero_point;
  const bool per_channel = b.shape != a.shape;
  for (std::int64_t x = 0; x < out.shape.w; ++x) {
    const std::int8_t* factor = per_channel ? b.at(row.n, 0, 0) : b.at(row.n, row.y, x);
    for (std::int64_t c = 0; c < out.shape.c; ++c)
      out.at(row.n, row.y, x)[c] = requantize((a.at(row.n, row.y, x)[c] - a_zero) * (factor[c] - b_zero),
                                              step.rescale, plan[step.out].zero_point, step.clamp);
  }
}

void compute_row(const Plan& plan, const Table& step, const Batch& batch, Row row) {
  const auto in = read(plan, batch, step.in);
  const auto out = write(plan, batch, step.out);
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c)
      out.at(row.n, row.y, x)[c] = step.values[static_cast<std::size_t>(in.at(row.n, row.y, x)[c] + 128)];
}

void compute_row(const Plan& plan, const WideTable& step, const Batch& batch, Row row) {
  const auto in = read(plan, batch, step.in);
  const auto out = write<std::int32_t>(plan, batch, step.out);
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c)
      out.at(row.n, row.y, x)[c] = step.values[static_cast<std::size_t>(in.at(row.n, row.y, x)[c] + 128)];
}

void compute_row(const Plan& plan, const WideAdd& step, const Batch& batch, Row row) {
  const auto a = read<std::int32_t>(plan, batch, step.a), b = read<std::int32_t>(plan, batch, step.b);
  const auto out = write<std::int32_t>(plan, batch, step.out);
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c)
      out.at(row.n, row.y, x)[c] = a.at(row.n, row.y, x)[c] + b.at(row.n, row.y, x)[c];
}

void compute_row(const Plan& plan, const WideActivation& step, const Batch& batch, Row row) {
  const auto in = read<std::int32_t>(plan, batch, step.in);
  const auto out = write<std::int32_t>(plan, batch, step.out);
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c)
      out.at(row.n, row.y, x)[c] = wide_activation(
          in.at(row.n, row.y, x)[c], {step.slope_multiplier, step.slope_shift}, {step.low, step.high});
}

}  // namespace zsq::runtime::reference
