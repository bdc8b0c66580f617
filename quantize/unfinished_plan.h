#pragma once

#include <optional>
#include <string>
#include <vector>

#include "quantize/qparams.h"
#include "runtime/plan_file.h"

namespace zsq::quantize {

/// A plan as it grows: a slot for each node's value that has been lowered. Private to quantize/.
struct UnfinishedPlan {
  runtime::PlanFile file;
  std::vector<std::optional<runtime::SlotId>> slot;  // per node

  runtime::SlotId add_slot(const std::string& name, const Shape& shape, const QParams& q) {
    return add({shape, q.bits, q.zero_point}, {name, q.scale});
  }
  runtime::SlotId add_wide_slot(const std::string& name, const Shape& shape, double scale) {
    return add({shape, runtime::kWideBits, 0}, {name, scale});
  }
  void emit(runtime::Step step, const std::string& name) {
    file.plan.steps.push_back(std::move(step));
    file.metadata.steps.push_back(name);
  }

 private:
  runtime::SlotId add(const runtime::Slot& added, runtime::TensorInfo meaning) {
    file.plan.slots.push_back(added);
    file.metadata.tensors.push_back(std::move(meaning));
    return runtime::SlotId(std::ssize(file.plan.slots) - 1);
  }
};

}  // namespace zsq::quantize
