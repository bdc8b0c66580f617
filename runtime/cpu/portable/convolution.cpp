#include "runtime/cpu/portable/channels.h"
#include "runtime/cpu/portable/patches.h"
#include "runtime/cpu/portable/step_kernels.h"

namespace zsq::runtime::cpu {
namespace {

/// Any convolution, as a product of patches and weights. A unit is an output place.
class ConvolutionKernel final : public StageKernel {
 public:
  ConvolutionKernel(const Plan& plan, const Conv2d& step, const Kernels& kernels, const Layout& in)
      : plan_(plan),
        step_(step),
        kernels_(kernels),
        blocks_(grouped_blocks(step.kernel)),
        patches_(step.kernel, plan[step.in].zero_point, in, plan[step.out].shape),
        weight_(pack_weights(blocks_, step.kernel)),
        constants_(blocks_, plan, step) {}

  std::int64_t units(std::int64_t images) const override {
    const Shape& out = plan_[step_.out].shape;
    return images * out.h * out.w;
  }

  void run(const Batch& batch, Units places, Scratch& scratch) const override {
    const std::int64_t depth = patches_.depth(), chunk = Patches::chunk(depth);
    std::int32_t* const patches = at_least(scratch.words, chunk * depth);
    for (std::int64_t first = places.begin; first < places.end; first += chunk) {
      const std::int64_t count = std::min(chunk, places.end - first);
      for (std::int64_t group = 0; group < blocks_.groups; ++group) {
        patches_.gather(read(plan_, batch, step_.in), first, count, group, patches);
        multiply(batch, first, count, group, patches);
      }
    }
  }

 private:
  void multiply(const Batch& batch, std::int64_t first, std::int64_t count, std::int64_t group,
                const std::int32_t* patches) const {
    const std::int64_t depth = patches_.depth();
    const auto out = write(plan_, batch, step_.out);
    const auto residual = step_.residual ? read(plan_, batch, step_.residual->in) : Grid<const std::int8_t>{};
    for (std::int64_t b = 0; b < blocks_.in_group(); ++b) {
      const std::int64_t block = group * blocks_.in_group() + b;
      const std::int64_t channel = group * blocks_.per_group + b * kLanes;
      kernels_.product({.patches = patches,
                        .weight = weight_.data() + block * depth * kLanes,
                        .pixels = count,
                        .depth = depth,
                        .lanes = blocks_.lanes(b),
                        .residual = step_.residual ? residual.place(first) + channel : nullptr,
                        .out = out.place(first) + channel,
                        .residual_stride = residual.channel_stride,
                        .stride = out.channel_stride},
                       constants_.epilogue(block));
    }
  }

  const Plan& plan_;
  const Conv2d& step_;
  const Kernels& kernels_;
  Blocks blocks_;
  Patches patches_;
  std::vector<std::int32_t> weight_;
  ChannelConstants constants_;
};

/// One whose accumulators become wide values. A unit is an output place.
class WideConvolutionKernel final : public StageKernel {
 public:
  WideConvolutionKernel(const Plan& plan, const WideConv2d& step, const Kernels& kernels, const Layout& in)
      : plan_(plan),
        step_(step),
        kernels_(kernels),
        blocks_(grouped_blocks(step.kernel)),
        patches_(step.kernel, plan[step.in].zero_point, in, plan[step.out].shape),
        weight_(pack_weights(blocks_, step.kernel)),
        bias_(spread(blocks_, [&](std::size_t c) { return step.kernel.bias[c]; })) {}

  std::int64_t units(std::int64_t images) const override {
    const Shape& out = plan_[step_.out].shape;
    return images * out.h * out.w;
  }

  void run(const Batch& batch, Units places, Scratch& scratch) const override {
    const std::int64_t depth = patches_.depth(), chunk = Patches::chunk(depth);
    std::int32_t* const patches = at_least(scratch.words, chunk * (depth + kLanes));
    std::int32_t* const acc = patches + chunk * depth;
    for (std::int64_t first = places.begin; first < places.end; first += chunk) {
      const std::int64_t count = std::min(chunk, places.end - first);
      for (std::int64_t block = 0; block < blocks_.count(); ++block) {
        if (block % blocks_.in_group() == 0)
          patches_.gather(read(plan_, batch, step_.in), first, count, block / blocks_.in_group(), patches);
        kernels_.accumulate({.patches = patches,
                             .weight = weight_.data() + block * depth * kLanes,
                             .pixels = count,
                             .depth = depth,
                             .lanes = kLanes,
                             .residual = nullptr,
                             .out = nullptr,
                             .residual_stride = 0,
                             .stride = 0},
                            bias_.data() + block * kLanes, acc);
        finish(batch, first, count, block, acc);
      }
    }
  }

 private:
  void finish(const Batch& batch, std::int64_t first, std::int64_t count, std::int64_t block,
              const std::int32_t* acc) const {
    const auto out = write<std::int32_t>(plan_, batch, step_.out);
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t lane = 0; lane < kLanes; ++lane)
        if (const auto c = blocks_.channel(block, lane))
          out.place(first + i)[*c] = to_wide(acc[i * kLanes + lane], step_.shift[*c], step_.multiplier[*c]);
  }

  const Plan& plan_;
  const WideConv2d& step_;
  const Kernels& kernels_;
  Blocks blocks_;
  Patches patches_;
  std::vector<std::int32_t> weight_;
  std::vector<std::int32_t> bias_;
};

}  // namespace

std::unique_ptr<StageKernel> make_convolution(const Plan& plan, const Conv2d& step, const Kernels& loops,
                                              const Layout& in) {
  return std::make_unique<ConvolutionKernel>(plan, step, loops, in);
}

std::unique_ptr<StageKernel> make_convolution(const Plan& plan, const WideConv2d& step, const Kernels& loops,
                                              const Layout& in) {
  return std::make_unique<WideConvolutionKernel>(plan, step, loops, in);
}

}  // namespace zsq::runtime::cpu
