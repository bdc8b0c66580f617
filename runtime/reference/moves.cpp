#include <algorithm>

#include "runtime/reference/compute.h"

namespace zsq::runtime::reference {

void compute_row(const Plan& plan, const Concat& step, const Batch& batch, Row row) {
  by_type(plan[step.out], [&]<class T>(T) {
    const auto out = write<T>(plan, batch, step.out);
    for (std::int64_t x = 0; x < out.shape.w; ++x) {
      T* to = out.at(row.n, row.y, x);
      for (const SlotId id : step.in) {
        const auto in = read<T>(plan, batch, id);
        to = std::copy_n(in.at(row.n, row.y, x), in.shape.c, to);
      }
    }
  });
}

void compute_row(const Plan& plan, const Slice& step, const Batch& batch, Row row) {
  const auto from = [](const zsq::Slice::Range& range, std::int64_t i) {
    return range.begin + i * range.step;
  };
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<T>(plan, batch, step.out);
    for (std::int64_t x = 0; x < out.shape.w; ++x)
      for (std::int64_t c = 0; c < out.shape.c; ++c)
        out.at(row.n, row.y, x)[c] =
            in.at(row.n, from(step.ranges.h, row.y), from(step.ranges.w, x))[from(step.ranges.c, c)];
  });
}

void compute_row(const Plan& plan, const Pad& step, const Batch& batch, Row row) {
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<T>(plan, batch, step.out);
    const std::int64_t y = row.y - step.amounts.h.before;
    for (std::int64_t i = 0; i < out.shape.w; ++i)
      for (std::int64_t o = 0; o < out.shape.c; ++o) {
        const std::int64_t x = i - step.amounts.w.before, c = o - step.amounts.c.before;
        const bool inside = 0 <= y && y < in.shape.h && 0 <= x && x < in.shape.w && 0 <= c && c < in.shape.c;
        out.at(row.n, row.y, i)[o] = inside ? in.at(row.n, y, x)[c] : static_cast<T>(step.value);
      }
  });
}

void compute_row(const Plan& plan, const ChannelShuffle& step, const Batch& batch, Row row) {
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<T>(plan, batch, step.out);
    const std::int64_t per_group = in.shape.c / step.groups;
    for (std::int64_t x = 0; x < out.shape.w; ++x)
      for (std::int64_t g = 0; g < step.groups; ++g)
        for (std::int64_t i = 0; i < per_group; ++i)
          out.at(row.n, row.y, x)[i * step.groups + g] = in.at(row.n, row.y, x)[g * per_group + i];
  });
}

void compute_row(const Plan& plan, const PixelShuffle& step, const Batch& batch, Row row) {
  const std::int64_t fh = step.factor.h, fw = step.factor.w;
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<T>(plan, batch, step.out);
    for (std::int64_t x = 0; x < out.shape.w; ++x)
      for (std::int64_t c = 0; c < out.shape.c; ++c)
        out.at(row.n, row.y, x)[c] = in.at(row.n, row.y / fh, x / fw)[(c * fh + row.y % fh) * fw + x % fw];
  });
}

void compute_row(const Plan& plan, const PixelUnshuffle& step, const Batch& batch, Row row) {
  const std::int64_t fh = step.factor.h, fw = step.factor.w;
  by_type(plan[step.in], [&]<class T>(T) {
    const auto in = read<T>(plan, batch, step.in);
    const auto out = write<T>(plan, batch, step.out);
    for (std::int64_t x = 0; x < out.shape.w; ++x)
      for (std::int64_t o = 0; o < out.shape.c; ++o)
        out.at(row.n, row.y, x)[o] = in.at(row.n, row.y * fh + o / fw % fh, x * fw + o % fw)[o / (fh * fw)];
  });
}

}  // namespace zsq::runtime::reference
