// ld and st of shared memory.
#include <algorithm>

#include "tests/ptx/lanes.h"
#include "tests/ptx/memory.h"

namespace zsq::ptx {

void count_wavefronts(Warp& w, const std::uint32_t* addresses, const Access& access) {
  const int together = static_cast<int>(std::min<std::uint64_t>(kLanes, 128 / access.size));
  for (int first = 0; first < kLanes; first += together) {
    std::array<std::vector<std::uint64_t>, 32> words;  // by bank
    for (int lane = first; lane < first + together; ++lane) {
      if ((w.mask >> lane & 1) == 0) continue;
      const std::uint64_t at = addresses[lane] + static_cast<std::uint64_t>(access.offset);
      for (std::uint64_t word = at / 4; word < (at + access.size + 3) / 4; ++word) {
        auto& bank = words[word % 32];
        if (std::ranges::find(bank, word) == bank.end()) bank.push_back(word);
      }
    }
    std::size_t most = 0;
    for (const auto& bank : words) most = std::max(most, bank.size());
    w.block->counters.shared_wavefronts += most;
    if (most > 1) w.block->counters.shared_conflicts += most - 1;
  }
}

namespace {

void check_alignment(std::uint64_t at, std::size_t size) {
  if (at % size != 0)
    throw Violation("byte " + std::to_string(at) + " of shared memory is not a multiple of " +
                    std::to_string(size));
}

template <class Memory, class Lane, int count>
void load(const Instruction& in, Warp& w) {
  w.need(in.operands[count]);
  const auto* addresses = w.lanes<std::uint32_t>(in.operands[count]);
  if (w.block->counts_memory) count_wavefronts(w, addresses, {in.offset, sizeof(Memory) * count, false});
  std::array<std::array<Memory, count>, kLanes> values{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if ((w.mask >> lane & 1) == 0) continue;
    const auto at = static_cast<std::uint64_t>(addresses[lane] + in.offset);
    check_alignment(at, sizeof(Memory) * count);
    w.block->shared.read(at, sizeof(Memory) * count, w.index, values[lane].data());
  }
  for (std::size_t i = 0; i < count; ++i) {
    each_lane(w.mask, w.lanes<Lane>(in.operands[i]),
              [&](int lane) { return static_cast<Lane>(values[static_cast<std::size_t>(lane)][i]); });
    w.define(in.operands[i]);
  }
}

template <class Memory, class Lane, int count>
void store(const Instruction& in, Warp& w) {
  for (std::size_t i = 0; i <= count; ++i) w.need(in.operands[i]);
  const auto* addresses = w.lanes<std::uint32_t>(in.operands[0]);
  if (w.block->counts_memory) count_wavefronts(w, addresses, {in.offset, sizeof(Memory) * count, true});
  for (int lane = 0; lane < kLanes; ++lane) {
    if ((w.mask >> lane & 1) == 0) continue;
    std::array<Memory, count> values{};
    for (std::size_t i = 0; i < count; ++i)
      values[i] = static_cast<Memory>(w.lanes<Lane>(in.operands[i + 1])[lane]);
    const auto at = static_cast<std::uint64_t>(addresses[lane] + in.offset);
    check_alignment(at, sizeof(values));
    w.block->shared.write(at, sizeof(values), w.index, values.data());
  }
}

}  // namespace

void add_shared(std::vector<Opcode>& all) {
  for_each_width([&]<class Memory, class Lane, int count>(const std::string& suffix) {
    constexpr int kBits = 8 * sizeof(Lane);
    const std::vector<int> values(count, kBits);
    all.push_back({"ld.shared" + suffix, values, {32}, load<Memory, Lane, count>});
    std::vector<int> stored(values);
    stored.insert(stored.begin(), 32);
    all.push_back({"st.shared" + suffix, {}, stored, store<Memory, Lane, count>});
  });
}

}  // namespace zsq::ptx
