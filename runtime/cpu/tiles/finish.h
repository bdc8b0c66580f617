#pragma once

#include <algorithm>

#include "runtime/cpu/tiles/kernels.h"

/// The part of loops.h in which tiles end, which includes it.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

/// What an output is made of.
enum class Kind { narrow, beside, wide, quads };  // beside a residual; in the order of quads

/// The values of Vectors of one place. `sum` is what start led to, so that the first shift's half is in it
/// already. Constants and pointers come by value: stores of int8 could change any that lies in memory.
template <class Machine, Kind kind, int Vectors>
ZSQ_LOOP void finish(typename Machine::Words (&sum)[Vectors], Ending e, Results to, std::int64_t place) {
  typename Machine::Words value[Vectors];
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    const int c = v * Machine::kLanes;
    const auto middle = Machine::clamp16(Machine::shift(sum[v], Machine::load(e.first_shift + c)));
    value[v] = Machine::multiply16(middle, Machine::load(e.multiplier + c));
    if constexpr (kind == Kind::wide) continue;
    value[v] = Machine::add(value[v], Machine::load(e.half + c));
    if constexpr (kind == Kind::beside) {
      const auto beside = Machine::widen(to.residual + place * to.residual_stride + c);
      value[v] = Machine::add(value[v], Machine::multiply32(beside, Machine::load(e.residual_factor + c)));
    }
    value[v] = Machine::shift(value[v], Machine::load(e.second_shift + c));
  }
  if constexpr (kind == Kind::wide)
    Machine::store_wide(to.wide + place * to.stride, value, to.channels);
  else if constexpr (kind == Kind::quads)
    Machine::store_quads(to.narrow + place * to.stride, value, e.zero_point, e.clamp, to.channels);
  else
    Machine::store_narrow(to.narrow + place * to.stride, value, e.zero_point, e.clamp, to.channels);
}

// NOLINTEND(modernize-avoid-c-arrays)

}  // namespace zsq::runtime::cpu::ZSQ_SET
