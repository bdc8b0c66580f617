#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/layout.h"
#include "runtime/plan.h"
#include "runtime/stage.h"

namespace zsq::runtime {

/// The stages between which a slot's values must be kept, both included.
struct Lifetime {
  std::size_t first = 0;  // writes it
  std::size_t last = 0;   // reads it last; the first where nothing does
  bool overlaps(const Lifetime& other) const { return first <= other.last && other.first <= last; }
};

/// By slot. The stages follow each other from the plan's first step to its last; all that a stage writes
/// lives beside all that it reads.
std::vector<Lifetime> lifetimes(const Plan& plan, std::span<const Stage> stages);

/// What the kernels that will run a plan ask of its memory.
struct MemoryDemand {
  std::vector<Stage> stages;
  // By slot: its channel stride must be a multiple of these values, a power of two; 0 of a slot that needs no
  // memory, since it lives inside one stage whose kernel keeps it elsewhere.
  std::vector<std::int64_t> channel_multiple;
};

/// A stage for each step, and nothing padded.
MemoryDemand plain_demand(const Plan& plan);

/// Where each slot lies in one arena and what it looks like there. For a batch of n images multiply every
/// number of bytes by n.
struct MemoryPlan {
  static constexpr std::int64_t kAlignment = 64;
  static constexpr std::int64_t kSlack = 16;  // bytes behind a slot that are nobody else's: vectors read them

  Layouts layout;                    // by slot
  std::vector<std::int64_t> offset;  // by slot, in bytes
  std::int64_t bytes = 0;            // of the arena, for one image
  std::int64_t looks = 0;            // at blocks, taken or free: the work it was to make the plan
};

/// Greedy by size: the largest slot first, each at the lowest place that is free while it lives (Pisarchyk
/// and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020). That looks at every two slots
/// that live at once; where these are more than a network has, and a file made to cost time could, slots are
/// placed in the order in which they are written instead, each at the first place that is free then. Slots
/// that live at once never overlap.
MemoryPlan plan_memory(const Plan& plan, const MemoryDemand& demand);

/// Bytes of constants that a backend may pack for a plan: 16 for each of its weights, and 16 MiB. Enough for
/// any network, and not many times the size of a plan that is made to cost memory.
std::int64_t packing_limit(const Plan& plan);

/// Bytes that the plan sets aside for a slot of one image.
std::int64_t reserved_bytes(const Layout& layout);

}  // namespace zsq::runtime
