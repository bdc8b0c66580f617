#include <array>

#include "runtime/cpu/portable/step_kernels.h"

namespace zsq::runtime::cpu {
namespace {

/// What all places of a row of output have in common. A unit is an output row.
class RowKernel : public StageKernel {
 public:
  explicit RowKernel(const Shape& out) : out_(out) {}
  std::int64_t units(std::int64_t images) const override { return images * out_.h; }

 protected:
  /// Values that follow each other in memory in all those slots. Where they have one stride, padding and all:
  /// what becomes of padding means nothing.
  struct Run {
    std::int64_t first_place, places, values;  // values in each of those places
  };
  Run run_of(Units rows, bool one_stride, std::int64_t stride) const {
    const std::int64_t first = rows.begin * out_.w, places = (rows.end - rows.begin) * out_.w;
    return one_stride ? Run{first, 1, places * stride} : Run{first, places, out_.c};
  }
  std::int64_t channels() const { return out_.c; }
  std::int64_t width() const { return out_.w; }

 private:
  Shape out_;
};

/// There are only 256 pixels, so each channel's arithmetic is a table.
class PixelsKernel final : public RowKernel {
 public:
  PixelsKernel(const Plan& plan, const Pixels& step)
      : RowKernel(plan.image), plan_(plan), out_(step.out), tables_(static_cast<std::size_t>(plan.image.c)) {
    const Clamp clamp = range_of(plan[step.out].bits);
    for (std::size_t c = 0; c < tables_.size(); ++c)
      for (std::size_t p = 0; p < tables_[c].size(); ++p)
        tables_[c][p] =
            pixel(static_cast<std::int32_t>(p), step.multiplier[c], step.offset[c], step.shift[c], clamp);
  }

  void run(const Batch& batch, Units rows, Scratch&) const override {
    const auto out = write(plan_, batch, out_);
    const std::uint8_t* in = batch.pixels.data() + rows.begin * width() * channels();
    for (std::int64_t i = rows.begin * width(); i < rows.end * width(); ++i) {
      std::int8_t* to = out.place(i);
      for (const auto& table : tables_) *to++ = table[*in++];
    }
  }

 private:
  const Plan& plan_;
  SlotId out_;
  std::vector<std::array<std::int8_t, 256>> tables_;  // by channel
};

class TableKernel final : public RowKernel {
 public:
  TableKernel(const Plan& plan, const Table& step)
      : RowKernel(plan[step.out].shape), plan_(plan), step_(step) {}

  void run(const Batch& batch, Units rows, Scratch&) const override {
    const auto in = read(plan_, batch, step_.in);
    const auto out = write(plan_, batch, step_.out);
    const Run run = run_of(rows, in.channel_stride == out.channel_stride, out.channel_stride);
    const std::int8_t* middle = step_.values.data() + 128;
    for (std::int64_t i = run.first_place; i < run.first_place + run.places; ++i) {
      const std::int8_t* from = in.place(i);
      std::int8_t* to = out.place(i);
      for (std::int64_t v = 0; v < run.values; ++v) to[v] = middle[from[v]];
    }
  }

 private:
  const Plan& plan_;
  const Table& step_;
};

class AddKernel final : public RowKernel {
 public:
  AddKernel(const Plan& plan, const Add& step, const Kernels& kernels)
      : RowKernel(plan[step.out].shape), plan_(plan), step_(step), kernels_(kernels) {}

  void run(const Batch& batch, Units rows, Scratch&) const override {
    const auto a = read(plan_, batch, step_.a), b = read(plan_, batch, step_.b);
    const auto out = write(plan_, batch, step_.out);
    const std::int64_t stride = out.channel_stride;
    const Run run = run_of(rows, a.channel_stride == stride && b.channel_stride == stride, stride);
    for (std::int64_t i = run.first_place; i < run.first_place + run.places; ++i)
      kernels_.add({.a = a.place(i),
                    .b = b.place(i),
                    .a_zero_point = plan_[step_.a].zero_point,
                    .b_zero_point = plan_[step_.b].zero_point,
                    .factors = {step_.a_multiplier, step_.b_multiplier, step_.shift},
                    .zero_point = plan_[step_.out].zero_point,
                    .clamp = step_.clamp,
                    .out = out.place(i),
                    .count = run.values});
  }

 private:
  const Plan& plan_;
  const Add& step_;
  const Kernels& kernels_;
};

}  // namespace

std::unique_ptr<StageKernel> make_pixels(const Plan& plan, const Pixels& step) {
  return std::make_unique<PixelsKernel>(plan, step);
}

std::unique_ptr<StageKernel> make_table(const Plan& plan, const Table& step) {
  return std::make_unique<TableKernel>(plan, step);
}

std::unique_ptr<StageKernel> make_add(const Plan& plan, const Add& step, const Kernels& kernels) {
  return std::make_unique<AddKernel>(plan, step, kernels);
}

}  // namespace zsq::runtime::cpu
