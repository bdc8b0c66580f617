#include "runtime/memory.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "runtime/free_list.h"
#include "runtime/step.h"

namespace zsq::runtime {
namespace {

/// Of slots that live at once: a million takes a second, and ResNet-152 has 500.
constexpr std::size_t kMostPairs = std::size_t{1} << 20;

using Slots = std::vector<std::size_t>;

/// What slots need of an arena.
struct Need {
  std::vector<Lifetime> lives;      // by slot
  std::vector<std::int64_t> bytes;  // by slot; of 0, no place is looked for
  std::vector<Slots> born, dying;   // by stage: the slots it writes, and those it reads last

  Need(const Plan& plan, const MemoryDemand& demand, const Layouts& layouts)
      : lives(lifetimes(plan, demand.stages)), born(demand.stages.size()), dying(demand.stages.size()) {
    for (std::size_t i = 0; i < lives.size(); ++i) {
      bytes.push_back(demand.channel_multiple[i] == 0 ? 0 : reserved_bytes(layouts[i]));
      if (bytes[i] == 0) continue;
      born[lives[i].first].push_back(i);
      dying[lives[i].last].push_back(i);
    }
  }
};

/// By slot, those that live while it does; nothing where there are more than kMostPairs in all.
std::optional<std::vector<Slots>> neighbours(const Need& need) {
  std::vector<Slots> found(need.lives.size());
  std::set<std::size_t> alive;
  std::size_t pairs = 0;
  for (std::size_t stage = 0; stage < need.born.size(); ++stage) {
    for (const std::size_t born : need.born[stage]) {
      pairs += alive.size();
      if (pairs > kMostPairs) return std::nullopt;
      for (const std::size_t other : alive) {
        found[born].push_back(other);
        found[other].push_back(born);
      }
      alive.insert(born);
    }
    for (const std::size_t dead : need.dying[stage]) alive.erase(dead);
  }
  return found;
}

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

/// The offset of each slot, the largest first.
MemoryPlan by_size(const Need& need, const std::vector<Slots>& neighbours) {
  Slots order(need.bytes.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return need.bytes[i]; });
  constexpr std::int64_t kNowhere = -1;
  MemoryPlan memory{.layout = {}, .offset = std::vector<std::int64_t>(order.size(), kNowhere)};
  for (const std::size_t slot : order) {
    std::vector<Block> taken;
    for (const std::size_t other : neighbours[slot])
      if (memory.offset[other] != kNowhere)
        taken.push_back({memory.offset[other], memory.offset[other] + need.bytes[other]});
    memory.looks += std::ssize(neighbours[slot]);
    memory.offset[slot] = lowest_gap(std::move(taken), need.bytes[slot]);
    memory.bytes = std::max(memory.bytes, memory.offset[slot] + need.bytes[slot]);
  }
  return memory;
}

/// The offset of each slot, in the order in which they are written.
MemoryPlan by_stage(const Need& need) {
  MemoryPlan memory{.layout = {}, .offset = std::vector<std::int64_t>(need.bytes.size())};
  FreeList free;
  for (std::size_t stage = 0; stage < need.born.size(); ++stage) {
    for (const std::size_t born : need.born[stage]) memory.offset[born] = free.take(need.bytes[born]);
    for (const std::size_t dead : need.dying[stage])
      free.give_back({memory.offset[dead], memory.offset[dead] + need.bytes[dead]});
  }
  memory.bytes = free.end();
  memory.looks = free.looks();
  return memory;
}

}  // namespace

std::vector<Lifetime> lifetimes(const Plan& plan, std::span<const Stage> stages) {
  std::vector<Lifetime> lives(plan.slots.size());
  for (std::size_t s = 0; s < stages.size(); ++s)
    for (std::size_t i = stages[s].first; i < stages[s].end(); ++i) {
      for (const SlotId in : inputs(plan.steps[i])) lives[index(in)].last = s;
      lives[index(output(plan.steps[i]))] = {s, s};
    }
  return lives;
}

MemoryDemand plain_demand(const Plan& plan) {
  MemoryDemand demand{.stages = {}, .channel_multiple = std::vector<std::int64_t>(plan.slots.size(), 1)};
  for (std::size_t i = 0; i < plan.steps.size(); ++i) demand.stages.push_back({i, 1});
  return demand;
}

std::int64_t reserved_bytes(const Layout& layout) {
  constexpr std::int64_t kUnit = MemoryPlan::kAlignment;
  return (layout.bytes() + MemoryPlan::kSlack + kUnit - 1) / kUnit * kUnit;
}

MemoryPlan plan_memory(const Plan& plan, const MemoryDemand& demand) {
  Layouts layouts = dense_layouts(plan);
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const std::int64_t multiple = std::max<std::int64_t>(demand.channel_multiple[i], 1);
    layouts[i].channel_stride = (layouts[i].shape.c + multiple - 1) / multiple * multiple;
  }
  const Need need(plan, demand, layouts);
  const auto beside = neighbours(need);
  MemoryPlan memory = beside ? by_size(need, *beside) : by_stage(need);
  memory.layout = std::move(layouts);
  return memory;
}

std::int64_t packing_limit(const Plan& plan) {
  std::int64_t weights = 0;
  for (const Step& step : plan.steps)
    if (const Kernel* kernel = kernel_of(step)) weights += std::ssize(kernel->weight);
  return 16 * weights + (std::int64_t{16} << 20);
}

}  // namespace zsq::runtime
