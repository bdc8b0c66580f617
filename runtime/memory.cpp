#include "runtime/memory.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "runtime/step.h"

namespace zsq::runtime {
namespace {

struct Block {
  std::int64_t begin, end;
};

/// The lowest place of that size outside all blocks.
std::int64_t lowest_gap(std::vector<Block> taken, std::int64_t size) {
  std::ranges::sort(taken, {}, &Block::begin);
  std::int64_t begin = 0;
  for (const Block& block : taken) {
    if (block.begin - begin >= size) break;
    begin = std::max(begin, block.end);
  }
  return begin;
}

}  // namespace

std::vector<Lifetime> lifetimes(const Plan& plan) {
  std::vector<Lifetime> lives(plan.slots.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    for (const SlotId in : inputs(plan.steps[i])) lives[index(in)].last = i;
    lives[index(output(plan.steps[i]))] = {i, i};
  }
  return lives;
}

std::int64_t reserved_bytes(const Slot& slot) {
  constexpr std::int64_t kUnit = MemoryPlan::kAlignment;
  return (slot.shape.size() * bytes_per_value(slot) + MemoryPlan::kSlack + kUnit - 1) / kUnit * kUnit;
}

MemoryPlan plan_memory(const Plan& plan) {
  const auto lives = lifetimes(plan);
  std::vector<std::size_t> order(plan.slots.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t i) { return reserved_bytes(plan.slots[i]); });
  MemoryPlan memory{std::vector<std::int64_t>(plan.slots.size()), 0};
  for (std::size_t placed = 0; placed < order.size(); ++placed) {
    const std::size_t slot = order[placed];
    std::vector<Block> taken;
    for (const std::size_t other : std::span(order).first(placed))
      if (lives[slot].overlaps(lives[other]))
        taken.push_back({memory.offset[other], memory.offset[other] + reserved_bytes(plan.slots[other])});
    const std::int64_t size = reserved_bytes(plan.slots[slot]);
    memory.offset[slot] = lowest_gap(std::move(taken), size);
    memory.bytes = std::max(memory.bytes, memory.offset[slot] + size);
  }
  return memory;
}

}  // namespace zsq::runtime
