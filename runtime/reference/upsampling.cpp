#include "runtime/reference/compute.h"

namespace zsq::runtime::reference {
namespace {

/// The weighted sum of term(x) over the four places around an output place, of one channel.
template <class T>
std::int32_t weighted_sum(Size2 factor, Grid<const T> in, Row row, std::int64_t x, std::int64_t c,
                          const auto& term) {
  const Between down = between(row.y, factor.h, in.shape.h), across = between(x, factor.w, in.shape.w);
  const auto along = [&](std::int64_t y) {
    return across.first_weight * term(in.at(row.n, y, across.first)[c]) +
           across.second_weight * term(in.at(row.n, y, across.second)[c]);
  };
  return down.first_weight * along(down.first) + down.second_weight * along(down.second);
}

}  // namespace

void compute_row(const Plan& plan, const Upsample& step, const Batch& batch, Row row) {
  const auto in = read(plan, batch, step.in);
  const auto out = write(plan, batch, step.out);
  const std::int32_t in_zero = plan[step.in].zero_point, out_zero = plan[step.out].zero_point;
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c) {
      const std::int32_t sum =
          weighted_sum(step.factor, in, row, x, c, [&](std::int32_t q) { return q - in_zero; });
      out.at(row.n, row.y, x)[c] = requantize(sum, step.rescale, out_zero, step.clamp);
    }
}

void compute_row(const Plan& plan, const WideUpsample& step, const Batch& batch, Row row) {
  const auto in = read<std::int32_t>(plan, batch, step.in);
  const auto out = write<std::int32_t>(plan, batch, step.out);
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c)
      out.at(row.n, row.y, x)[c] = weighted_sum(step.factor, in, row, x, c,
                                                [&](std::int32_t v) { return shift_round(v, step.shift); });
}

void compute_row(const Plan& plan, const UpsampleNearest& step, const Batch& batch, Row row) {
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<T>(plan, batch, step.out);
    for (std::int64_t x = 0; x < out.shape.w; ++x)
      for (std::int64_t c = 0; c < out.shape.c; ++c)
        out.at(row.n, row.y, x)[c] = in.at(row.n, row.y / step.factor.h, x / step.factor.w)[c];
  });
}

}  // namespace zsq::runtime::reference
