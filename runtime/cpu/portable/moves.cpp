#include <algorithm>
#include <cstring>

#include "runtime/cpu/portable/step_kernels.h"

namespace zsq::runtime::cpu {
namespace {

void move(std::int8_t* to, const std::int8_t* from, std::int64_t count) {
  std::memcpy(to, from, static_cast<std::size_t>(count));
}

/// A unit is an output row, of narrow slots.
template <class Step>
class MovesKernel final : public StageKernel {
 public:
  MovesKernel(const Plan& plan, const Step& step) : plan_(plan), step_(step) {}

  std::int64_t units(std::int64_t images) const override { return images * plan_[step_.out].shape.h; }

  void run(const Batch& batch, Units rows, Scratch&) const override {
    const auto out = write(plan_, batch, step_.out);
    for (std::int64_t row = rows.begin; row < rows.end; ++row)
      move_row(step_, batch, out, row / out.shape.h, row % out.shape.h);
  }

 private:
  void move_row(const zsq::runtime::Slice& step, const Batch& batch, Grid<std::int8_t> out, std::int64_t n,
                std::int64_t y) const {
    const auto in = read(plan_, batch, step.in);
    const auto& [channels, rows, columns] = step.ranges;
    for (std::int64_t x = 0; x < out.shape.w; ++x) {
      const std::int8_t* const from = in.at(n, rows.begin + y * rows.step, columns.begin + x * columns.step);
      std::int8_t* const to = out.at(n, y, x);
      if (channels.step == 1)
        move(to, from + channels.begin, out.shape.c);
      else
        for (std::int64_t c = 0; c < out.shape.c; ++c) to[c] = from[channels.begin + c * channels.step];
    }
  }

  void move_row(const zsq::runtime::Pad& step, const Batch& batch, Grid<std::int8_t> out, std::int64_t n,
                std::int64_t y) const {
    const auto in = read(plan_, batch, step.in);
    const std::int64_t from_row = y - step.amounts.h.before;
    const std::int64_t left = step.amounts.w.before, above = step.amounts.c.before;
    std::memset(out.at(n, y, 0), step.value,
                static_cast<std::size_t>((out.shape.w - 1) * out.channel_stride + out.shape.c));
    if (from_row < 0 || from_row >= in.shape.h) return;
    for (std::int64_t x = 0; x < in.shape.w; ++x)
      move(out.at(n, y, left + x) + above, in.at(n, from_row, x), in.shape.c);
  }

  void move_row(const zsq::runtime::Concat& step, const Batch& batch, Grid<std::int8_t> out, std::int64_t n,
                std::int64_t y) const {
    std::int64_t first = 0;
    for (const SlotId id : step.in) {
      const auto in = read(plan_, batch, id);
      for (std::int64_t x = 0; x < out.shape.w; ++x)
        move(out.at(n, y, x) + first, in.at(n, y, x), in.shape.c);
      first += in.shape.c;
    }
  }

  const Plan& plan_;
  const Step& step_;
};

}  // namespace

std::unique_ptr<StageKernel> make_moves(const Plan& plan, const Slice& step) {
  return std::make_unique<MovesKernel<Slice>>(plan, step);
}
std::unique_ptr<StageKernel> make_moves(const Plan& plan, const Pad& step) {
  return std::make_unique<MovesKernel<Pad>>(plan, step);
}
std::unique_ptr<StageKernel> make_moves(const Plan& plan, const Concat& step) {
  return std::make_unique<MovesKernel<Concat>>(plan, step);
}

}  // namespace zsq::runtime::cpu
