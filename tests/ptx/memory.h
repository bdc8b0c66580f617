#pragma once

#include <string>

#include "tests/ptx/warp.h"

namespace zsq::ptx {

/// One access of each lane.
struct Access {
  std::int64_t offset = 0;  // added to each address
  std::uint64_t size = 1;   // bytes, a power of two
  bool writes = false;
};

/// Throws Violation where an address of a lane that runs is misaligned or outside all ranges of the launch.
void check_global(const Warp& w, const std::uint64_t* addresses, const Access& access);

/// The sectors of 32 bytes that those lanes touch.
std::vector<std::uint64_t> sectors(const Warp& w, const std::uint64_t* addresses, const Access& access);

/// Counts them as an L1 cache would that holds all that the block has read.
void count_loads(Warp& w, const std::uint64_t* addresses, const Access& access);

/// Counts the wavefronts of an access to shared memory: 128 bytes at most, and each of the 32 banks gives one
/// word.
void count_wavefronts(Warp& w, const std::uint32_t* addresses, const Access& access);

/// Calls visit<type in memory, type in a lane, count>(".v2.u32") for each form that ld and st have: values of
/// 8 bits are in registers of 16 or 32.
void for_each_width(const auto& visit) {
  const auto counts = [&]<class Memory, class Lane>(const std::string& type) {
    visit.template operator()<Memory, Lane, 1>("." + type);
    if constexpr (sizeof(Memory) <= 8) visit.template operator()<Memory, Lane, 2>(".v2." + type);
    if constexpr (sizeof(Memory) <= 4) visit.template operator()<Memory, Lane, 4>(".v4." + type);
  };
  counts.template operator()<std::int8_t, std::int16_t>("s8");
  counts.template operator()<std::int8_t, std::int32_t>("s8");
  counts.template operator()<std::int8_t, std::int64_t>("s8");
  for (const char* type : {"u8", "b8"}) {
    counts.template operator()<std::uint8_t, std::uint16_t>(type);
    counts.template operator()<std::uint8_t, std::uint32_t>(type);
    counts.template operator()<std::uint8_t, std::uint64_t>(type);
  }
  counts.template operator()<std::int16_t, std::int16_t>("s16");
  counts.template operator()<std::int16_t, std::int32_t>("s16");
  for (const char* type : {"u16", "b16"}) {
    counts.template operator()<std::uint16_t, std::uint16_t>(type);
    counts.template operator()<std::uint16_t, std::uint32_t>(type);
  }
  counts.template operator()<std::int32_t, std::int64_t>("s32");
  counts.template operator()<std::uint32_t, std::uint64_t>("u32");
  counts.template operator()<std::uint16_t, std::uint64_t>("u16");
  counts.template operator()<std::int16_t, std::int64_t>("s16");
  for (const char* type : {"u32", "s32", "b32"})
    counts.template operator()<std::uint32_t, std::uint32_t>(type);
  for (const char* type : {"u64", "s64", "b64"})
    counts.template operator()<std::uint64_t, std::uint64_t>(type);
}

}  // namespace zsq::ptx
