#pragma once

#include <memory>

#include "runtime/batch.h"
#include "runtime/cpu/kernels.h"

namespace zsq::runtime::cpu {

/// Work of a step that one thread does at a time: rows or places of the output, counted through the batch. No
/// unit depends on another, so any partition of them gives the same result.
struct Units {
  std::int64_t begin, end;
};

/// Memory of one thread that steps use one after another.
struct Scratch {
  std::vector<std::int32_t> words;
  std::vector<const std::int8_t*> places;
};

/// At least `count` elements of a scratch vector; what they hold is of an earlier step.
template <class T>
T* at_least(std::vector<T>& scratch, std::int64_t count) {
  if (std::ssize(scratch) < count) scratch.resize(static_cast<std::size_t>(count));
  return scratch.data();
}

/// A step made ready: its constants packed for the loops that run it. Several threads may run it at once.
class StepKernel {
 public:
  virtual ~StepKernel() = default;
  virtual std::int64_t units(std::int64_t images) const = 0;
  virtual void run(const Batch& batch, Units units, Scratch& scratch) const = 0;
};

/// The best kernel for a step; the reference is the last choice. The plan and the loops outlive it.
std::unique_ptr<StepKernel> make_step_kernel(const Plan& plan, const Step& step, const Kernels& kernels);

// Each returns null where another kernel, or the reference, is the one to take.
std::unique_ptr<StepKernel> make_depthwise(const Plan& plan, const Conv2d& step, const Kernels& kernels);
std::unique_ptr<StepKernel> make_convolution(const Plan& plan, const Conv2d& step, const Kernels& kernels);
std::unique_ptr<StepKernel> make_convolution(const Plan& plan, const WideConv2d& step,
                                             const Kernels& kernels);
std::unique_ptr<StepKernel> make_pixels(const Plan& plan, const Pixels& step);
std::unique_ptr<StepKernel> make_table(const Plan& plan, const Table& step);
std::unique_ptr<StepKernel> make_add(const Plan& plan, const Add& step, const Kernels& kernels);
std::unique_ptr<StepKernel> make_max_pool(const Plan& plan, const MaxPool& step);
std::unique_ptr<StepKernel> make_avg_pool(const Plan& plan, const AvgPool& step);

}  // namespace zsq::runtime::cpu
