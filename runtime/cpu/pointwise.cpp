#include <array>

#include "runtime/cpu/step_kernel.h"

namespace zsq::runtime::cpu {
namespace {

/// What all values of a row of output have in common. A unit is an output row.
class RowKernel : public StepKernel {
 public:
  explicit RowKernel(const Shape& out) : out_(out) {}
  std::int64_t units(std::int64_t images) const override { return images * out_.h; }

 protected:
  std::int64_t row_values() const { return out_.w * out_.c; }
  std::int64_t channels() const { return out_.c; }

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
    const std::uint8_t* in = batch.pixels.data() + rows.begin * row_values();
    std::int8_t* out = write(plan_, batch, out_).values + rows.begin * row_values();
    const std::int64_t places = (rows.end - rows.begin) * row_values() / channels();
    for (std::int64_t i = 0; i < places; ++i)
      for (const auto& table : tables_) *out++ = table[*in++];
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
    const std::int64_t first = rows.begin * row_values(), count = (rows.end - rows.begin) * row_values();
    const std::int8_t* in = read(plan_, batch, step_.in).values + first;
    std::int8_t* out = write(plan_, batch, step_.out).values + first;
    const std::int8_t* middle = step_.values.data() + 128;
    for (std::int64_t i = 0; i < count; ++i) out[i] = middle[in[i]];
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
    const std::int64_t first = rows.begin * row_values();
    kernels_.add({.a = read(plan_, batch, step_.a).values + first,
                  .b = read(plan_, batch, step_.b).values + first,
                  .a_zero_point = plan_[step_.a].zero_point,
                  .b_zero_point = plan_[step_.b].zero_point,
                  .factors = {step_.a_multiplier, step_.b_multiplier, step_.shift},
                  .zero_point = plan_[step_.out].zero_point,
                  .clamp = step_.clamp,
                  .out = write(plan_, batch, step_.out).values + first,
                  .count = (rows.end - rows.begin) * row_values()});
  }

 private:
  const Plan& plan_;
  const Add& step_;
  const Kernels& kernels_;
};

}  // namespace

std::unique_ptr<StepKernel> make_pixels(const Plan& plan, const Pixels& step) {
  return std::make_unique<PixelsKernel>(plan, step);
}

std::unique_ptr<StepKernel> make_table(const Plan& plan, const Table& step) {
  return std::make_unique<TableKernel>(plan, step);
}

std::unique_ptr<StepKernel> make_add(const Plan& plan, const Add& step, const Kernels& kernels) {
  return std::make_unique<AddKernel>(plan, step, kernels);
}

}  // namespace zsq::runtime::cpu
