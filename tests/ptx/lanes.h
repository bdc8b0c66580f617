#pragma once

#include <string>
#include <utility>

#include "tests/ptx/warp.h"

namespace zsq::ptx {

/// to[lane] = value(lane) in the lanes that run. The first loop is the common one, which the compiler
/// vectorises.
template <class T, class Value>
void each_lane(std::uint32_t mask, T* to, const Value& value) {
  if (mask == kAllLanes) {
    for (int lane = 0; lane < kLanes; ++lane) to[lane] = value(lane);
  } else {
    for (int lane = 0; lane < kLanes; ++lane)
      if ((mask >> lane & 1) != 0) to[lane] = value(lane);
  }
}

/// Runs an opcode that makes one value of one value each of its inputs.
template <auto f, class To, class... From>
void by_lane(const Instruction& in, Warp& w) {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (w.need(in.operands[i + 1]), ...);
    To* to = w.lanes<To>(in.operands[0]);
    const std::tuple<const From*...> from{w.lanes<From>(in.operands[i + 1])...};
    each_lane(w.mask, to, [&](int lane) { return static_cast<To>(f(std::get<i>(from)[lane]...)); });
  }
  (std::index_sequence_for<From...>());
  w.define(in.operands[0]);
}

/// That opcode by its name.
template <auto f, class To, class... From>
Opcode lane_opcode(std::string name) {
  return {std::move(name),
          {static_cast<int>(8 * sizeof(To))},
          {static_cast<int>(8 * sizeof(From))...},
          &by_lane<f, To, From...>};
}

/// The lanes of a predicate.
inline std::uint32_t& predicate(const Warp& w, const Register& r) { return *w.lanes<std::uint32_t>(r); }

inline void set_predicate(const Warp& w, const Register& r, std::uint32_t value) {
  std::uint32_t& p = predicate(w, r);
  p = (p & ~w.mask) | (value & w.mask);
  w.define(r);
}

}  // namespace zsq::ptx
