#include <algorithm>
#include <set>

#include "tests/ptx/program.h"

namespace zsq::ptx {
namespace {

/// Statements from one that is jumped to, or follows a jump, up to the next such.
struct Block {
  std::uint32_t begin = 0, end = 0;
  std::vector<std::size_t> next;  // blocks; the last block of all is the end of the kernel
};

std::vector<Block> blocks_of(const std::vector<Instruction>& code) {
  std::set<std::uint32_t> begins{0};
  const auto size = static_cast<std::uint32_t>(code.size());
  for (std::uint32_t i = 0; i < size; ++i) {
    if (code[i].flow == Flow::branch) begins.insert(code[i].target);
    if (code[i].flow == Flow::branch || code[i].flow == Flow::leave) begins.insert(i + 1);
  }
  begins.insert(size);
  std::vector<Block> blocks;
  for (auto it = begins.begin(); it != begins.end() && *it < size; ++it)
    blocks.push_back({*it, *std::next(it), {}});
  const auto block_at = [&](std::uint32_t at) {
    return static_cast<std::size_t>(std::ranges::lower_bound(blocks, at, {}, &Block::begin) - blocks.begin());
  };
  for (Block& block : blocks) {
    const Instruction& last = code[block.end - 1];
    const bool always = last.guard == Instruction::kNone;
    if (last.flow == Flow::branch) block.next.push_back(block_at(last.target));
    if (last.flow == Flow::leave) block.next.push_back(blocks.size());
    if ((last.flow != Flow::branch && last.flow != Flow::leave) || !always)
      block.next.push_back(block_at(block.end));
  }
  return blocks;
}

}  // namespace

/// Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001, on the reversed graph.
void find_joins(Program& program) {
  const std::vector<Block> blocks = blocks_of(program.code);
  const std::size_t exit = blocks.size(), none = exit + 1;
  std::vector<std::vector<std::size_t>> before(exit + 1);
  for (std::size_t b = 0; b < exit; ++b)
    for (const std::size_t next : blocks[b].next) before[next].push_back(b);
  std::vector<std::size_t> order, rank(exit + 1, none);  // post-order from the exit, against the arrows
  std::vector<std::pair<std::size_t, std::size_t>> stack{{exit, 0}};
  std::vector<bool> seen(exit + 1);
  seen[exit] = true;
  while (!stack.empty()) {
    auto& [b, i] = stack.back();
    if (i < before[b].size()) {
      const std::size_t next = before[b][i++];
      if (!seen[next]) {
        seen[next] = true;
        stack.emplace_back(next, 0);
      }
    } else {
      rank[b] = order.size();
      order.push_back(b);
      stack.pop_back();
    }
  }
  std::vector<std::size_t> dominator(exit + 1, none);
  dominator[exit] = exit;
  for (bool changed = true; changed;) {
    changed = false;
    for (auto it = std::next(order.rbegin()); it < order.rend(); ++it) {
      std::size_t common = none;
      for (std::size_t other : blocks[*it].next) {
        if (dominator[other] == none) continue;
        if (common == none) common = other;
        while (common != other) {
          while (rank[common] < rank[other]) common = dominator[common];
          while (rank[other] < rank[common]) other = dominator[other];
        }
      }
      if (dominator[*it] != common) {
        dominator[*it] = common;
        changed = true;
      }
    }
  }
  for (std::size_t b = 0; b < exit; ++b) {
    Instruction& last = program.code[blocks[b].end - 1];
    if (last.flow != Flow::branch) continue;
    if (dominator[b] == none) throw Violation(program.body.name + " has a loop without an end");
    last.joins =
        dominator[b] == exit ? static_cast<std::uint32_t>(program.code.size()) : blocks[dominator[b]].begin;
  }
}

}  // namespace zsq::ptx
