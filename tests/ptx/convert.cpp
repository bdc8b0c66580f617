// cvt between integers, cvt.pack, cvta.
#include <algorithm>
#include <tuple>

#include "tests/ptx/lanes.h"

namespace zsq::ptx {
namespace {

template <class T>
std::string name_of() {
  return (std::is_signed_v<T> ? "s" : "u") + std::to_string(8 * sizeof(T));
}

/// Results and sources of 8 bits are in registers of 16 or 32: a result is extended to all of it.
template <class To, class From, class Target, class Source>
void add_one(std::vector<Opcode>& all) {
  all.push_back(
      lane_opcode<[](Source s) { return static_cast<Target>(static_cast<To>(static_cast<From>(s))); }, Target,
                  Source>("cvt." + name_of<To>() + "." + name_of<From>()));
}

template <class To, class From, class Target>
void add_sources(std::vector<Opcode>& all) {
  if constexpr (sizeof(From) == 1) {
    add_one<To, From, Target, std::uint16_t>(all);
    add_one<To, From, Target, std::uint32_t>(all);
  } else if constexpr (sizeof(From) == 2) {
    add_one<To, From, Target, std::uint16_t>(all);
    add_one<To, From, Target, std::uint32_t>(all);
  } else {
    add_one<To, From, Target, std::make_unsigned_t<From>>(all);
    if constexpr (sizeof(From) == 4) add_one<To, From, Target, std::uint64_t>(all);
  }
}

template <class To, class From>
void add_pair(std::vector<Opcode>& all) {
  if constexpr (sizeof(To) == 1) {
    add_sources<To, From, std::conditional_t<std::is_signed_v<To>, std::int16_t, std::uint16_t>>(all);
    add_sources<To, From, std::conditional_t<std::is_signed_v<To>, std::int32_t, std::uint32_t>>(all);
  } else {
    add_sources<To, From, To>(all);
  }
}

template <class To>
void add_from_all(std::vector<Opcode>& all) {
  add_pair<To, std::int8_t>(all);
  add_pair<To, std::uint8_t>(all);
  add_pair<To, std::int16_t>(all);
  add_pair<To, std::uint16_t>(all);
  add_pair<To, std::int32_t>(all);
  add_pair<To, std::uint32_t>(all);
  add_pair<To, std::int64_t>(all);
  add_pair<To, std::uint64_t>(all);
}

/// d = c << 16 | sat8(a) << 8 | sat8(b)
std::uint32_t pack(std::int32_t a, std::int32_t b, std::uint32_t c) {
  const auto byte = [](std::int32_t v) { return static_cast<std::uint32_t>(std::clamp(v, -128, 127)) & 255; };
  return c << 16 | byte(a) << 8 | byte(b);
}

}  // namespace

void add_convert(std::vector<Opcode>& all) {
  add_from_all<std::int8_t>(all);
  add_from_all<std::uint8_t>(all);
  add_from_all<std::int16_t>(all);
  add_from_all<std::uint16_t>(all);
  add_from_all<std::int32_t>(all);
  add_from_all<std::uint32_t>(all);
  add_from_all<std::int64_t>(all);
  add_from_all<std::uint64_t>(all);
  all.push_back(
      lane_opcode<pack, std::uint32_t, std::int32_t, std::int32_t, std::uint32_t>("cvt.pack.sat.s8.s32.b32"));
  using U = std::uint64_t;
  for (const char* name : {"cvta.to.global.u64", "cvta.global.u64", "cvta.shared.u64", "cvta.to.shared.u64"})
    all.push_back(lane_opcode<[](U a) { return a; }, U, U>(name));
}

}  // namespace zsq::ptx
