#include <algorithm>
#include <limits>

#include "runtime/reference/compute.h"
#include "runtime/taps.h"

namespace zsq::runtime::reference {
namespace {

/// Calls visit(value) for each value of one channel that the window of an output place sees inside the image.
template <class T>
void for_each_seen(const Window& window, Grid<const T> in, Row row, std::int64_t x, std::int64_t c,
                   const auto& visit) {
  const Walk down = rows_of(window), across = columns_of(window);
  const Taps rows = taps_inside(down, row.y, in.shape.h), columns = taps_inside(across, x, in.shape.w);
  for (std::int64_t i = rows.begin; i < rows.end; ++i)
    for (std::int64_t j = columns.begin; j < columns.end; ++j)
      visit(in.at(row.n, down.start(row.y) + i * down.dilation, across.start(x) + j * across.dilation)[c]);
}

}  // namespace

void compute_row(const Plan& plan, const MaxPool& step, const Batch& batch, Row row) {
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<T>(plan, batch, step.out);
    for (std::int64_t x = 0; x < out.shape.w; ++x)
      for (std::int64_t c = 0; c < out.shape.c; ++c) {
        T largest = std::numeric_limits<T>::min();
        for_each_seen(step.window, in, row, x, c, [&](T v) { largest = std::max(largest, v); });
        out.at(row.n, row.y, x)[c] = largest;
      }
  });
}

void compute_row(const Plan& plan, const AvgPool& step, const Batch& batch, Row row) {
  const auto in = read(plan, batch, step.in);
  const auto out = write(plan, batch, step.out);
  const std::int32_t in_zero = plan[step.in].zero_point, out_zero = plan[step.out].zero_point;
  for (std::int64_t x = 0; x < out.shape.w; ++x)
    for (std::int64_t c = 0; c < out.shape.c; ++c) {
      std::int32_t sum = 0;
      std::size_t places = 0;
      for_each_seen(step.window, in, row, x, c, [&](std::int8_t v) {
        sum += v - in_zero;
        ++places;
      });
      const Rescale& rescale = step.rescale[step.rescale.size() == 1 ? 0 : places - 1];
      out.at(row.n, row.y, x)[c] = requantize(sum, rescale, out_zero, step.clamp);
    }
}

void compute_row(const Plan& plan, const WideAvgPool& step, const Batch& batch, Row row) {
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<std::int32_t>(plan, batch, step.out);
    const std::int32_t in_zero = plan[step.in].zero_point;
    for (std::int64_t x = 0; x < out.shape.w; ++x)
      for (std::int64_t c = 0; c < out.shape.c; ++c) {
        std::int32_t sum = 0;
        std::size_t places = 0;
        for_each_seen(step.window, in, row, x, c, [&](T v) {
          sum += shift_round(v - in_zero, step.shift);
          ++places;
        });
        const std::int32_t multiplier = step.multiplier[step.multiplier.size() == 1 ? 0 : places - 1];
        out.at(row.n, row.y, x)[c] = wide_average(sum, step.post_shift, multiplier);
      }
  });
}

}  // namespace zsq::runtime::reference
