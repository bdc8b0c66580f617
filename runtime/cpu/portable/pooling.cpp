#include <algorithm>

#include "runtime/cpu/portable/step_kernels.h"
#include "runtime/taps.h"

namespace zsq::runtime::cpu {
namespace {

/// Walks the windows of one output row at a time, all channels of a place together. A unit is an output row.
class PoolKernel : public StageKernel {
 public:
  PoolKernel(const Plan& plan, SlotId in, SlotId out, const Window& window)
      : plan_(plan), in_(in), out_(out), down_(rows_of(window)), across_(columns_of(window)) {}

  std::int64_t units(std::int64_t images) const override { return images * plan_[out_].shape.h; }

 protected:
  /// Calls tap(channels of a place) for all that the window at (y, x) sees, and then done(channels of the
  /// output, number of places seen).
  void for_each_window(const Batch& batch, Units rows, const auto& begin, const auto& tap,
                       const auto& done) const {
    const auto in = read(plan_, batch, in_);
    const auto out = write(plan_, batch, out_);
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      const std::int64_t n = row / out.shape.h, y = row % out.shape.h;
      const Taps seen_rows = taps_inside(down_, y, in.shape.h);
      for (std::int64_t x = 0; x < out.shape.w; ++x) {
        const Taps seen_columns = taps_inside(across_, x, in.shape.w);
        std::int8_t* const to = out.at(n, y, x);
        begin(to);
        for (std::int64_t i = seen_rows.begin; i < seen_rows.end; ++i)
          for (std::int64_t j = seen_columns.begin; j < seen_columns.end; ++j)
            tap(in.at(n, down_.start(y) + i * down_.dilation, across_.start(x) + j * across_.dilation), to);
        done(to, seen_rows.count() * seen_columns.count());
      }
    }
  }

  std::int64_t channels() const { return plan_[out_].shape.c; }
  std::int32_t in_zero_point() const { return plan_[in_].zero_point; }
  std::int32_t out_zero_point() const { return plan_[out_].zero_point; }

 private:
  const Plan& plan_;
  SlotId in_, out_;
  Walk down_, across_;
};

class MaxPoolKernel final : public PoolKernel {
 public:
  MaxPoolKernel(const Plan& plan, const MaxPool& step) : PoolKernel(plan, step.in, step.out, step.window) {}

  void run(const Batch& batch, Units rows, Scratch&) const override {
    const std::int64_t count = channels();
    for_each_window(
        batch, rows, [&](std::int8_t* to) { std::fill_n(to, count, std::int8_t{-128}); },
        [&](const std::int8_t* from, std::int8_t* to) {
          for (std::int64_t c = 0; c < count; ++c) to[c] = std::max(to[c], from[c]);
        },
        [](std::int8_t*, std::int64_t) {});
  }
};

class AvgPoolKernel final : public PoolKernel {
 public:
  AvgPoolKernel(const Plan& plan, const AvgPool& step)
      : PoolKernel(plan, step.in, step.out, step.window), step_(step) {}

  void run(const Batch& batch, Units rows, Scratch& scratch) const override {
    const std::int64_t count = channels();
    const std::int32_t in_zero = in_zero_point(), out_zero = out_zero_point();
    std::int32_t* const sum = at_least(scratch.words, count);
    for_each_window(
        batch, rows, [&](std::int8_t*) { std::fill_n(sum, count, 0); },
        [&](const std::int8_t* from, std::int8_t*) {
          for (std::int64_t c = 0; c < count; ++c) sum[c] += from[c] - in_zero;
        },
        [&](std::int8_t* to, std::int64_t places) {
          const Rescale r =
              step_.rescale[step_.rescale.size() == 1 ? 0 : static_cast<std::size_t>(places - 1)];
          for (std::int64_t c = 0; c < count; ++c) to[c] = requantize(sum[c], r, out_zero, step_.clamp);
        });
  }

 private:
  const AvgPool& step_;
};

}  // namespace

std::unique_ptr<StageKernel> make_max_pool(const Plan& plan, const MaxPool& step) {
  return std::make_unique<MaxPoolKernel>(plan, step);
}

std::unique_ptr<StageKernel> make_avg_pool(const Plan& plan, const AvgPool& step) {
  return std::make_unique<AvgPoolKernel>(plan, step);
}

}  // namespace zsq::runtime::cpu
