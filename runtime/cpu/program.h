#pragma once

#include "runtime/cpu/implementation.h"
#include "runtime/memory.h"

namespace zsq::runtime::cpu {

/// A stage and the implementation that computes it.
struct Choice {
  Stage stage;
  const Implementation* implementation = nullptr;
};

/// For each stage of the plan, the first of the implementations that takes it; the last takes every step. One
/// is passed over where its packed constants would exceed what is left of packing_limit(). most_steps: of a
/// stage.
std::vector<Choice> choose(const Plan& plan, std::span<const Implementation* const> implementations,
                           std::size_t most_steps);

/// A plan made ready by chosen implementations: where its slots are, and the kernels that run it.
class Program {
 public:
  /// The plan is valid and outlives it.
  Program(const Plan& plan, std::span<const Choice> choices);

  /// For each stage in turn, its kernel and the slots it writes.
  struct Part {
    std::unique_ptr<StageKernel> kernel;
    std::vector<SlotId> written;
  };
  const std::vector<Part>& parts() const { return parts_; }
  const MemoryPlan& memory() const { return memory_; }

  /// Whether each part is one step, so that an observer can see every slot.
  bool shows_every_slot() const;

 private:
  MemoryPlan memory_;
  std::vector<Part> parts_;
};

}  // namespace zsq::runtime::cpu
