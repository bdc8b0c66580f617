// shfl, and barriers inside a warp.
#include "tests/ptx/lanes.h"

namespace zsq::ptx {
namespace {

void need_all_lanes(const Warp& w) {
  if (w.mask != kAllLanes) throw Violation("the instruction is met by some threads of a warp only");
}

/// Operands: result, [whether there was a source,] value, distance, what segments are like, members.
template <auto source, bool tells>
void shuffle(const Instruction& in, Warp& w) {
  need_all_lanes(w);
  constexpr std::size_t kFirst = tells ? 2 : 1;
  for (std::size_t i = kFirst; i < kFirst + 4; ++i) w.need(in.operands[i]);
  const auto* value = w.lanes<std::uint32_t>(in.operands[kFirst]);
  const auto* distance = w.lanes<std::uint32_t>(in.operands[kFirst + 1]);
  const auto* segments = w.lanes<std::uint32_t>(in.operands[kFirst + 2]);
  std::uint32_t result[kLanes], found = 0;
  for (std::uint32_t lane = 0; lane < kLanes; ++lane) {
    const std::uint32_t mask = segments[lane] >> 8 & 31, bound = segments[lane] & 31;
    const std::uint32_t low = lane & mask, high = low | (bound & ~mask);
    const auto [from, is_there] = source(lane, distance[lane] & 31, low, high, mask);
    result[lane] = value[is_there ? from : lane];
    found |= static_cast<std::uint32_t>(is_there) << lane;
  }
  each_lane(w.mask, w.lanes<std::uint32_t>(in.operands[0]), [&](int lane) { return result[lane]; });
  w.define(in.operands[0]);
  if (tells) set_predicate(w, in.operands[1], found);
}

struct Source {
  std::uint32_t lane;
  bool is_there;
};
using U = std::uint32_t;
constexpr auto kDown = [](U lane, U by, U, U high, U) { return Source{lane + by, lane + by <= high}; };
constexpr auto kButterfly = [](U lane, U by, U, U high, U) { return Source{lane ^ by, (lane ^ by) <= high}; };
constexpr auto kIndex = [](U, U by, U low, U high, U mask) {
  const U from = low | (by & ~mask);
  return Source{from, from <= high};
};

void meet(const Instruction&, Warp& w) { need_all_lanes(w); }

}  // namespace

void add_exchange(std::vector<Opcode>& all) {
  const std::vector<int> inputs{32, 32, 32, 32};
  all.push_back({"shfl.sync.down.b32", {32, 1}, inputs, shuffle<kDown, true>});
  all.push_back({"shfl.sync.bfly.b32", {32, 1}, inputs, shuffle<kButterfly, true>});
  all.push_back({"shfl.sync.idx.b32", {32, 1}, inputs, shuffle<kIndex, true>});
  all.push_back({"shfl.sync.down.b32", {32}, inputs, shuffle<kDown, false>});
  all.push_back({"shfl.sync.bfly.b32", {32}, inputs, shuffle<kButterfly, false>});
  all.push_back({"shfl.sync.idx.b32", {32}, inputs, shuffle<kIndex, false>});
  all.push_back({"bar.warp.sync", {}, {32}, meet});
}

}  // namespace zsq::ptx
