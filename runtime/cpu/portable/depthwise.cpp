#include "runtime/cpu/portable/channels.h"
#include "runtime/cpu/portable/step_kernels.h"
#include "runtime/memory.h"
#include "runtime/taps.h"

namespace zsq::runtime::cpu {
namespace {

/// One filter for each channel. A unit is an output row.
class DepthwiseKernel final : public StageKernel {
 public:
  DepthwiseKernel(const Plan& plan, const Conv2d& step, const Kernels& kernels)
      : plan_(plan),
        step_(step),
        kernels_(kernels),
        blocks_{1, step.kernel.outputs},
        weight_(pack_weights(blocks_, step.kernel)),
        constants_(blocks_, plan, step),
        outside_(static_cast<std::size_t>(step.kernel.outputs + MemoryPlan::kSlack),
                 static_cast<std::int8_t>(plan[step.in].zero_point)) {
    static_assert(MemoryPlan::kSlack >= kLanes);  // the loops read whole blocks of channels
  }

  std::int64_t units(std::int64_t images) const override { return images * plan_[step_.out].shape.h; }

  void run(const Batch& batch, Units rows, Scratch& scratch) const override {
    const auto out = write(plan_, batch, step_.out);
    const auto residual = step_.residual ? read(plan_, batch, step_.residual->in) : Grid<const std::int8_t>{};
    const Size2 size = step_.kernel.window.kernel;
    const std::int64_t taps = std::int64_t{size.h} * size.w;
    const std::int8_t** const places = at_least(scratch.places, out.shape.w * taps);
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      const std::int64_t n = row / out.shape.h, y = row % out.shape.h;
      for (std::int64_t x = 0; x < out.shape.w; ++x)
        find_taps(read(plan_, batch, step_.in), n, y, x, places + x * taps);
      kernels_.depthwise_row({.places = places,
                              .weight = weight_.data(),
                              .pixels = out.shape.w,
                              .taps = taps,
                              .channels = out.shape.c,
                              .residual = step_.residual ? residual.place(row * out.shape.w) : nullptr,
                              .out = out.place(row * out.shape.w),
                              .residual_stride = residual.channel_stride,
                              .stride = out.channel_stride},
                             constants_.epilogue(0));
    }
  }

 private:
  /// Where the channels are that each tap of an output place sees.
  void find_taps(Grid<const std::int8_t> in, std::int64_t n, std::int64_t y, std::int64_t x,
                 const std::int8_t** places) const {
    const Walk down = rows_of(step_.kernel.window), across = columns_of(step_.kernel.window);
    const Taps rows = taps_inside(down, y, in.shape.h), columns = taps_inside(across, x, in.shape.w);
    for (std::int64_t i = 0; i < down.kernel; ++i)
      for (std::int64_t j = 0; j < across.kernel; ++j) {
        const bool inside = rows.begin <= i && i < rows.end && columns.begin <= j && j < columns.end;
        *places++ = inside
                        ? in.at(n, down.start(y) + i * down.dilation, across.start(x) + j * across.dilation)
                        : outside_.data();
      }
  }

  const Plan& plan_;
  const Conv2d& step_;
  const Kernels& kernels_;
  Blocks blocks_;  // of one group: channels follow each other
  std::vector<std::int32_t> weight_;
  ChannelConstants constants_;
  std::vector<std::int8_t> outside_;  // the channels of a place in the padding
};

}  // namespace

std::unique_ptr<StageKernel> make_depthwise(const Plan& plan, const Conv2d& step, const Kernels& loops) {
  return std::make_unique<DepthwiseKernel>(plan, step, loops);
}

}  // namespace zsq::runtime::cpu
