#include "runtime/verifier/proof.h"

#include <algorithm>

#include "runtime/verifier/prove.h"

namespace zsq::runtime {

std::int64_t Proof::magnitude(SlotId id) const {
  if (is_wide(plan_[id])) return wide_[index(id)];
  return -std::int64_t{range_of(plan_[id].bits).low};
}

std::int64_t Proof::centred_magnitude(SlotId id) const {
  const Slot& slot = plan_[id];
  if (is_wide(slot)) return wide_[index(id)];
  const Clamp range = range_of(slot.bits);
  return std::max(slot.zero_point - range.low, range.high - slot.zero_point);
}

void Proof::bound(SlotId id, std::int64_t largest) {
  if (!is_wide(plan_[id])) return;
  prove_fits(largest, "a wide value");
  wide_[index(id)] = largest;
}

}  // namespace zsq::runtime
