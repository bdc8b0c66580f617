#pragma once

#include <cstdint>
#include <vector>

#include "runtime/plan.h"

namespace zsq::runtime {

/// What has been proven of a plan's slots so far. A narrow slot's values are bounded by its bits; for a wide
/// slot the proof carries a bound from the step that writes it to those that read it. All bounds are on
/// absolute values and computed in 64 bits.
class Proof {
 public:
  explicit Proof(const Plan& plan) : plan_(plan), wide_(plan.slots.size(), 0) {}

  const Plan& plan() const { return plan_; }
  const Slot& operator[](SlotId id) const { return plan_[id]; }

  /// The largest |x| and the largest |x - zero_point| a value of the slot can have. Both < 2^31.
  std::int64_t magnitude(SlotId id) const;
  std::int64_t centred_magnitude(SlotId id) const;

  /// The step now looked at writes no |value| above the bound to its wide slot; of a narrow slot nothing is
  /// noted. Throws Error (Fault::verification) unless the bound fits an int32.
  void bound(SlotId id, std::int64_t largest);

 private:
  const Plan& plan_;
  std::vector<std::int64_t> wide_;  // by slot
};

}  // namespace zsq::runtime
