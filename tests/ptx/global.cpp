// ld and st of global memory, ld of parameters.
#include <algorithm>
#include <bit>
#include <cstring>

#include "tests/ptx/lanes.h"
#include "tests/ptx/memory.h"

namespace zsq::ptx {

void check_global(const Warp& w, const std::uint64_t* addresses, const Access& access) {
  std::uint64_t lowest = UINT64_MAX, highest = 0, all = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    if ((w.mask >> lane & 1) == 0) continue;
    const std::uint64_t at = addresses[lane] + static_cast<std::uint64_t>(access.offset);
    lowest = std::min(lowest, at);
    highest = std::max(highest, at);
    all |= at;
  }
  if ((all & (access.size - 1)) != 0)
    throw Violation("an address is not a multiple of " + std::to_string(access.size));
  const auto is_inside = [&](std::uint64_t from, std::uint64_t to) {
    return std::ranges::any_of(w.block->ranges, [&](const Range& r) {
      return r.begin <= from && to <= r.end && (r.writable || !access.writes);
    });
  };
  if (is_inside(lowest, highest + access.size)) return;
  for (int lane = 0; lane < kLanes; ++lane) {
    if ((w.mask >> lane & 1) == 0) continue;
    const std::uint64_t at = addresses[lane] + static_cast<std::uint64_t>(access.offset);
    if (!is_inside(at, at + access.size))
      throw Violation("lane " + std::to_string(lane) + (access.writes ? " writes " : " reads ") +
                      std::to_string(access.size) + " bytes outside all that the kernel was given to " +
                      (access.writes ? "write" : "read"));
  }
}

std::vector<std::uint64_t> sectors(const Warp& w, const std::uint64_t* addresses, const Access& access) {
  std::vector<std::uint64_t> touched;
  for (int lane = 0; lane < kLanes; ++lane)
    if ((w.mask >> lane & 1) != 0) {
      const std::uint64_t sector = (addresses[lane] + static_cast<std::uint64_t>(access.offset)) / 32;
      if (touched.empty() || touched.back() != sector) touched.push_back(sector);
    }
  std::ranges::sort(touched);
  const auto repeated = std::ranges::unique(touched);
  touched.erase(repeated.begin(), repeated.end());
  return touched;
}

void count_loads(Warp& w, const std::uint64_t* addresses, const Access& access) {
  for (const std::uint64_t sector : sectors(w, addresses, access)) {
    ++w.block->counters.sectors_loaded;
    if (w.block->loaded.insert(sector).second) ++w.block->counters.sectors_read;
  }
}

namespace {

template <class Memory, class Lane, int count>
void load(const Instruction& in, Warp& w) {
  const Register& from = in.operands[count];
  w.need(from);
  const auto* addresses = w.lanes<std::uint64_t>(from);
  const Access access{in.offset, sizeof(Memory) * count, false};
  check_global(w, addresses, access);
  if (w.block->counts_memory) count_loads(w, addresses, access);
  // The address register may be a result too.
  std::array<const Memory*, kLanes> places{};
  each_lane(w.mask, places.data(), [&](int lane) {
    return reinterpret_cast<const Memory*>(addresses[lane] + static_cast<std::uint64_t>(in.offset));
  });
  for (std::size_t i = 0; i < count; ++i) {
    each_lane(w.mask, w.lanes<Lane>(in.operands[i]),
              [&](int lane) { return static_cast<Lane>(places[static_cast<std::size_t>(lane)][i]); });
    w.define(in.operands[i]);
  }
}

/// Operands: the address, then the values.
template <class Memory, class Lane, int count>
void store(const Instruction& in, Warp& w) {
  for (std::size_t i = 0; i <= count; ++i) w.need(in.operands[i]);
  const auto* addresses = w.lanes<std::uint64_t>(in.operands[0]);
  const Access access{in.offset, sizeof(Memory) * count, true};
  check_global(w, addresses, access);
  if (w.block->counts_memory) w.block->counters.sectors_written += sectors(w, addresses, access).size();
  for (int lane = 0; lane < kLanes; ++lane) {
    if ((w.mask >> lane & 1) == 0) continue;
    auto* to = reinterpret_cast<Memory*>(addresses[lane] + static_cast<std::uint64_t>(in.offset));
    for (std::size_t i = 0; i < count; ++i)
      to[i] = static_cast<Memory>(w.lanes<Lane>(in.operands[i + 1])[lane]);
  }
}

template <class Memory, class Lane, int count>
void load_parameter(const Instruction& in, Warp& w) {
  w.need(in.operands[count]);
  const auto* addresses = w.lanes<std::uint64_t>(in.operands[count]);
  const std::uint64_t at =
      addresses[std::countr_zero(w.mask)] + static_cast<std::uint64_t>(in.offset) - kParameterBase;
  const auto parameters = w.block->parameters;
  if (at > parameters.size() || sizeof(Memory) * count > parameters.size() - at)
    throw Violation("parameters are " + std::to_string(parameters.size()) + " bytes, read at " +
                    std::to_string(at));
  std::array<Memory, count> values{};
  std::memcpy(values.data(), parameters.data() + at, sizeof(values));
  for (std::size_t i = 0; i < count; ++i) {
    each_lane(w.mask, w.lanes<Lane>(in.operands[i]), [&](int) { return static_cast<Lane>(values[i]); });
    w.define(in.operands[i]);
  }
}

}  // namespace

void add_global(std::vector<Opcode>& all) {
  for_each_width([&]<class Memory, class Lane, int count>(const std::string& suffix) {
    constexpr int kBits = 8 * sizeof(Lane);
    const std::vector<int> values(count, kBits);
    for (const char* name : {"ld.global", "ld.global.nc"})
      all.push_back({name + suffix, values, {64}, load<Memory, Lane, count>});
    all.push_back({"ld.param" + suffix, values, {64}, load_parameter<Memory, Lane, count>});
    std::vector<int> stored(values);
    stored.insert(stored.begin(), 64);
    all.push_back({"st.global" + suffix, {}, stored, store<Memory, Lane, count>});
  });
}

}  // namespace zsq::ptx
