#pragma once

#include <cstdint>
#include <vector>

#include "runtime/plan.h"

namespace zsq::runtime {

/// The steps between which a slot's values must be kept, both included.
struct Lifetime {
  std::size_t first = 0;  // writes it
  std::size_t last = 0;   // reads it last; the first where nothing does
  bool overlaps(const Lifetime& other) const { return first <= other.last && other.first <= last; }
};

/// By slot.
std::vector<Lifetime> lifetimes(const Plan& plan);

/// Where each slot lies in one arena. For a batch of n images multiply every number by n.
struct MemoryPlan {
  static constexpr std::int64_t kAlignment = 64;
  static constexpr std::int64_t kSlack = 16;  // bytes behind a slot that are nobody else's: vectors read them

  std::vector<std::int64_t> offset;  // by slot, in bytes
  std::int64_t bytes = 0;            // of the arena, for one image
  std::int64_t looks = 0;            // at blocks, taken or free: the work it was to make the plan
};

/// Greedy by size: the largest slot first, each at the lowest place that is free while it lives (Pisarchyk
/// and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020). That looks at every two slots
/// that live at once; where these are more than a network has, and a file made to cost time could, slots are
/// placed in the order in which they are written instead, each at the first place that is free then. Slots
/// that live at once never overlap.
MemoryPlan plan_memory(const Plan& plan);

/// Bytes that the plan sets aside for a slot of one image.
std::int64_t reserved_bytes(const Slot& slot);

}  // namespace zsq::runtime
