#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/plan.h"

namespace zsq::runtime {

/// Room for what a plan hands out.
class Outputs {
 public:
  Outputs(const Plan& plan, std::int64_t images) {
    for (const SlotId id : plan.outputs)
      values_.emplace_back(static_cast<std::size_t>(images * plan[id].shape.size()));
  }

  std::vector<std::span<std::int32_t>> spans() { return {values_.begin(), values_.end()}; }
  bool operator==(const Outputs&) const = default;

 private:
  std::vector<std::vector<std::int32_t>> values_;
};

}  // namespace zsq::runtime
