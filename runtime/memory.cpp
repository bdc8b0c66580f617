#include "runtime/memory.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "runtime/step.h"

namespace zsq::runtime {
namespace {

/// Of slots that live at once: a million takes a second, and ResNet-152 has 500.
constexpr std::size_t kMostPairs = std::size_t{1} << 20;

using Slots = std::vector<std::size_t>;

/// By step, the slots it writes: one each; and those whose last reader it is.
std::vector<Slots> last_read_by(const Plan& plan, const std::vector<Lifetime>& lives) {
  std::vector<Slots> ending(plan.steps.size());
  for (std::size_t i = 0; i < lives.size(); ++i) ending[lives[i].last].push_back(i);
  return ending;
}

/// By slot, those that live while it does; nothing where there are more than kMostPairs in all.
std::optional<std::vector<Slots>> neighbours(const Plan& plan, const std::vector<Lifetime>& lives) {
  std::vector<Slots> found(plan.slots.size());
  const auto ending = last_read_by(plan, lives);
  std::set<std::size_t> alive;
  std::size_t pairs = 0;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    const std::size_t born = index(output(plan.steps[step]));
    pairs += alive.size();
    if (pairs > kMostPairs) return std::nullopt;
    for (const std::size_t other : alive) {
      found[born].push_back(other);
      found[other].push_back(born);
    }
    alive.insert(born);
    for (const std::size_t dead : ending[step]) alive.erase(dead);
  }
  return found;
}

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

MemoryPlan by_size(const Plan& plan, const std::vector<Slots>& neighbours) {
  Slots order(plan.slots.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t i) { return reserved_bytes(plan.slots[i]); });
  constexpr std::int64_t kNowhere = -1;
  MemoryPlan memory{.offset = std::vector<std::int64_t>(plan.slots.size(), kNowhere)};
  for (const std::size_t slot : order) {
    std::vector<Block> taken;
    for (const std::size_t other : neighbours[slot])
      if (memory.offset[other] != kNowhere)
        taken.push_back({memory.offset[other], memory.offset[other] + reserved_bytes(plan.slots[other])});
    memory.looks += std::ssize(neighbours[slot]);
    const std::int64_t size = reserved_bytes(plan.slots[slot]);
    memory.offset[slot] = lowest_gap(std::move(taken), size);
    memory.bytes = std::max(memory.bytes, memory.offset[slot] + size);
  }
  return memory;
}

/// Free memory by size and by place; what is given back grows together with what is free beside it.
class FreeList {
 public:
  /// The smallest free block that is large enough, else new memory at the end.
  std::int64_t take(std::int64_t size) {
    ++looks_;
    const auto found = by_size_.lower_bound({size, 0});
    if (found == by_size_.end()) return std::exchange(end_, end_ + size);
    const auto [length, begin] = *found;
    remove({begin, begin + length});
    if (length > size) add({begin + size, begin + length});
    return begin;
  }

  void give_back(Block block) {
    ++looks_;
    auto after = by_begin_.lower_bound(block.end);
    if (after != by_begin_.end() && after->first == block.end) {
      block.end = after->second;
      remove({after->first, after->second});
    }
    after = by_begin_.lower_bound(block.begin);
    if (after != by_begin_.begin() && std::prev(after)->second == block.begin) {
      const auto before = *std::prev(after);
      block.begin = before.first;
      remove({before.first, before.second});
    }
    add(block);
  }

  std::int64_t end() const { return end_; }
  std::int64_t looks() const { return looks_; }

 private:
  void add(Block b) {
    by_begin_[b.begin] = b.end;
    by_size_.insert({b.end - b.begin, b.begin});
  }
  void remove(Block b) {
    by_begin_.erase(b.begin);
    by_size_.erase({b.end - b.begin, b.begin});
  }

  std::map<std::int64_t, std::int64_t> by_begin_;
  std::set<std::pair<std::int64_t, std::int64_t>> by_size_;
  std::int64_t end_ = 0, looks_ = 0;
};

MemoryPlan by_step(const Plan& plan, const std::vector<Lifetime>& lives) {
  MemoryPlan memory{.offset = std::vector<std::int64_t>(plan.slots.size())};
  const auto ending = last_read_by(plan, lives);
  FreeList free;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    const std::size_t born = index(output(plan.steps[step]));
    memory.offset[born] = free.take(reserved_bytes(plan.slots[born]));
    for (const std::size_t dead : ending[step])
      free.give_back({memory.offset[dead], memory.offset[dead] + reserved_bytes(plan.slots[dead])});
  }
  memory.bytes = free.end();
  memory.looks = free.looks();
  return memory;
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
  const auto beside = neighbours(plan, lives);
  return beside ? by_size(plan, *beside) : by_step(plan, lives);
}

}  // namespace zsq::runtime
