#include "runtime/cpu/reference.h"

#include "runtime/reference/compute.h"
#include "runtime/step.h"

namespace zsq::runtime::cpu {
namespace {

/// A unit is an output row.
class ReferenceKernel final : public StageKernel {
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

class ReferenceImplementation final : public Implementation {
 public:
  std::string_view name() const override { return "reference"; }
  std::size_t takes(const Plan&, std::size_t, std::size_t) const override { return 1; }
  std::unique_ptr<StageKernel> make(const Plan& plan, Stage stage, const Layouts&) const override {
    return std::make_unique<ReferenceKernel>(plan, plan.steps[stage.first]);
  }
};

}  // namespace

std::unique_ptr<Implementation> make_reference_implementation() {
  return std::make_unique<ReferenceImplementation>();
}

}  // namespace zsq::runtime::cpu
