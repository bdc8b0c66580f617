// cp.async: what is copied is there for the warp after it has waited, and for the block after a barrier.
#include <algorithm>

#include "tests/ptx/lanes.h"
#include "tests/ptx/memory.h"

namespace zsq::ptx {
namespace {

/// .ca goes through the L1 cache, .cg around it.
enum class Cache { all, global };

/// Operands: to (shared), from (global), a size that must be that of the opcode.
template <std::size_t size, Cache cache>
void copy(const Instruction& in, Warp& w) {
  for (std::size_t i = 0; i < 3; ++i) w.need(in.operands[i]);
  const auto* to = w.lanes<std::uint32_t>(in.operands[0]);
  const auto* from = w.lanes<std::uint64_t>(in.operands[1]);
  if (w.lanes<std::uint32_t>(in.operands[2])[0] != size)
    throw Violation("the size of a copy is not that of the opcode");
  const Access access{in.second_offset, size, false};
  check_global(w, from, access);
  if (w.block->counts_memory) {
    if (cache == Cache::all)
      count_loads(w, from, access);
    else
      w.block->counters.sectors_read += sectors(w, from, access).size();
    count_wavefronts(w, to, {in.offset, size, false});
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    if ((w.mask >> lane & 1) == 0) continue;
    const auto target = static_cast<std::uint64_t>(to[lane] + in.offset);
    if (target % size != 0) throw Violation("a copy's target is not a multiple of " + std::to_string(size));
    w.block->shared.begin_copy(target, size, w.index);
    w.copies.open.push_back({target, from[lane] + static_cast<std::uint64_t>(in.second_offset), size});
  }
}

void finish(const std::vector<AsyncCopies::Copy>& copies, Warp& w) {
  for (const auto& c : copies)
    w.block->shared.end_copy(c.to, c.size, w.index, reinterpret_cast<const void*>(c.from));
}

void commit(const Instruction&, Warp& w) {
  w.copies.groups.push_back(std::move(w.copies.open));
  w.copies.open.clear();
}

void wait(const Instruction& in, Warp& w) {
  w.need(in.operands[0]);
  const std::size_t may_be_open = w.lanes<std::uint32_t>(in.operands[0])[0];
  auto& groups = w.copies.groups;
  const std::size_t done = groups.size() - std::min(groups.size(), may_be_open);
  for (std::size_t i = 0; i < done; ++i) finish(groups[i], w);
  groups.erase(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(done));
}

void wait_all(const Instruction&, Warp& w) {
  for (const auto& group : w.copies.groups) finish(group, w);
  finish(w.copies.open, w);
  w.copies = {};
}

}  // namespace

void add_copy_async(std::vector<Opcode>& all) {
  all.push_back({"cp.async.cg.shared.global", {}, {32, 64, 32}, copy<16, Cache::global>});
  all.push_back({"cp.async.ca.shared.global", {}, {32, 64, 32}, copy<16, Cache::all>});
  all.push_back({"cp.async.commit_group", {}, {}, commit});
  all.push_back({"cp.async.wait_group", {}, {32}, wait});
  all.push_back({"cp.async.wait_all", {}, {}, wait_all});
}

}  // namespace zsq::ptx
