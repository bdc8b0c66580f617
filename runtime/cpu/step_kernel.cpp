#include "runtime/cpu/step_kernel.h"

#include "runtime/reference/compute.h"
#include "runtime/step.h"

namespace zsq::runtime::cpu {
namespace {

/// The reference, row by row; for steps that are rare or only move values.
class ReferenceKernel final : public StepKernel {
 public:
  ReferenceKernel(const Plan& plan, const Step& step) : plan_(plan), step_(step) {}

  std::int64_t units(std::int64_t images) const override { return images * plan_[output(step_)].shape.h; }
  void run(const Batch& batch, Units rows, Scratch&) const override {
    reference::compute(plan_, step_, batch, {rows.begin, rows.end});
  }

 private:
  const Plan& plan_;
  const Step& step_;
};

}  // namespace

std::unique_ptr<StepKernel> make_step_kernel(const Plan& plan, const Step& step, const Kernels& kernels) {
  using Made = std::unique_ptr<StepKernel>;
  const auto by_reference = [&](const auto&) -> Made {
    return std::make_unique<ReferenceKernel>(plan, step);
  };
  return std::visit(
      Overloaded{[&](const Conv2d& s) -> Made {
                   auto depthwise = make_depthwise(plan, s, kernels);
                   return depthwise ? std::move(depthwise) : make_convolution(plan, s, kernels);
                 },
                 [&](const WideConv2d& s) -> Made { return make_convolution(plan, s, kernels); },
                 [&](const Pixels& s) -> Made { return make_pixels(plan, s); },
                 [&](const Table& s) -> Made { return make_table(plan, s); },
                 [&](const Add& s) -> Made { return make_add(plan, s, kernels); },
                 [&](const MaxPool& s) -> Made {
                   return is_wide(plan[s.in]) ? by_reference(s) : make_max_pool(plan, s);
                 },
                 [&](const AvgPool& s) -> Made { return make_avg_pool(plan, s); },
                 [&](const Mul& s) { return by_reference(s); },
                 [&](const Upsample& s) { return by_reference(s); },
                 [&](const Concat& s) { return by_reference(s); },
                 [&](const Slice& s) { return by_reference(s); },
                 [&](const Pad& s) { return by_reference(s); },
                 [&](const ChannelShuffle& s) { return by_reference(s); },
                 [&](const PixelShuffle& s) { return by_reference(s); },
                 [&](const UpsampleNearest& s) { return by_reference(s); },
                 [&](const WideTable& s) { return by_reference(s); },
                 [&](const WideAdd& s) { return by_reference(s); },
                 [&](const WideAvgPool& s) { return by_reference(s); },
                 [&](const WideActivation& s) { return by_reference(s); },
                 [&](const WideUpsample& s) { return by_reference(s); }},
      step);
}

}  // namespace zsq::runtime::cpu
