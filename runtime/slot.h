#pragma once

#include <cstdint>

#include "graph/op.h"

namespace zsq::runtime {

enum class SlotId : std::int32_t {};
constexpr std::size_t index(SlotId id) { return static_cast<std::size_t>(id); }

/// Of a slot whose values are whole int32.
inline constexpr int kWideBits = 32;

/// A tensor between two steps; each is written by exactly one step, before any step that reads it.
/// A *narrow* slot holds int8 with a zero point: real = scale * (q - zero_point). A *wide* one holds int32
/// without: real = scale * q; wide values lie in no grid that could cut them off, only in the bound that
/// validate() carries for them.
struct Slot {
  Shape shape;                  // of one image: n == 1
  int bits = 8;                 // 2..8: values in [-2^(bits-1), 2^(bits-1) - 1]; or 32
  std::int32_t zero_point = 0;  // one of those values; 0 of a wide slot
  bool operator==(const Slot&) const = default;
};

constexpr bool is_wide(const Slot& slot) { return slot.bits == kWideBits; }

/// Calls f with a value of the type that the slot's values have in memory.
constexpr auto by_type(const Slot& slot, const auto& f) {
  return is_wide(slot) ? f(std::int32_t{}) : f(std::int8_t{});
}

}  // namespace zsq::runtime
