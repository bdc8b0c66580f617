#include "runtime/cpu/tiles/endings.h"
#include "runtime/cpu/tiles/step_kernels.h"
#include "runtime/cpu/tiles/viewer.h"
#include "runtime/memory.h"

namespace zsq::runtime::cpu {
namespace {

/// [vectors][taps][lanes], of 16 bits in 32.
std::vector<std::int32_t> pack(const Kernel& kernel, std::int64_t lanes) {
  const std::size_t taps = kernel.weight.size() / kernel.bias.size();
  std::vector<std::int32_t> packed;
  for (std::int64_t first = 0; first < kernel.outputs; first += lanes)
    for (std::size_t t = 0; t < taps; ++t)
      for (std::int64_t c = first; c < first + lanes; ++c)
        packed.push_back(c < kernel.outputs ? kernel.weight[static_cast<std::size_t>(c) * taps + t] & 0xffff
                                            : 0);
  return packed;
}

/// One filter for each channel. A unit is an output row.
class DepthwiseKernel final : public StageKernel {
 public:
  DepthwiseKernel(const Plan& plan, const Conv2d& step, const TileKernels& tiles, const Layouts& layouts)
      : plan_(plan),
        step_(step),
        tiles_(tiles),
        viewer_(step.kernel.window, plan[step.in].zero_point, layouts[index(step.in)], plan[step.out].shape,
                TapKind::place),
        weight_(pack(step.kernel, tiles.lanes)),
        endings_(plan, step, {.lanes = tiles.lanes}) {}

  std::int64_t units(std::int64_t images) const override { return images * plan_[step_.out].shape.h; }

  void run(const Batch& batch, Units rows, Scratch& scratch) const override {
    const auto out = write(plan_, batch, step_.out);
    const auto residual = step_.residual ? read(plan_, batch, step_.residual->in) : Grid<const std::int8_t>{};
    viewer_.for_each(
        read(plan_, batch, step_.in), rows, scratch, [&](const Views& views, std::int64_t first) {
          tiles_.depthwise({.views = views,
                            .weight = weight_.data(),
                            .results = {.narrow = out.place(first),
                                        .residual = step_.residual ? residual.place(first) : nullptr,
                                        .stride = out.channel_stride,
                                        .residual_stride = residual.channel_stride,
                                        .channels = out.shape.c}},
                           endings_.from(0));
        });
  }

 private:
  const Plan& plan_;
  const Conv2d& step_;
  const TileKernels& tiles_;
  Viewer viewer_;
  std::vector<std::int32_t> weight_;
  Endings endings_;
};

}  // namespace

std::unique_ptr<StageKernel> make_depthwise_tiles(const Plan& plan, const Conv2d& step,
                                                  const TileKernels& tiles, const Layouts& layouts) {
  return std::make_unique<DepthwiseKernel>(plan, step, tiles, layouts);
}

}  // namespace zsq::runtime::cpu
