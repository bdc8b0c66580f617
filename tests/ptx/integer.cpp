// add, sub, mul, mad, min, max, abs, neg, dp4a.
#include <algorithm>
#include <tuple>

#include "tests/ptx/lanes.h"

namespace zsq::ptx {
namespace {

using std::int16_t, std::int32_t, std::int64_t, std::uint16_t, std::uint32_t, std::uint64_t;

/// Arithmetic that wraps: in unsigned integers of at least 32 bits.
template <class U>
constexpr auto wide(U v) {
  if constexpr (sizeof(U) < 4)
    return static_cast<std::uint32_t>(v);
  else
    return v;
}

template <class U>
void add_wrapping(std::vector<Opcode>& all, const std::string& type) {
  all.push_back(lane_opcode<[](U a, U b) { return wide(a) + wide(b); }, U, U, U>("add." + type));
  all.push_back(lane_opcode<[](U a, U b) { return wide(a) - wide(b); }, U, U, U>("sub." + type));
  all.push_back(lane_opcode<[](U a, U b) { return wide(a) * wide(b); }, U, U, U>("mul.lo." + type));
  all.push_back(
      lane_opcode<[](U a, U b, U c) { return wide(a) * wide(b) + wide(c); }, U, U, U, U>("mad.lo." + type));
}

template <class T>
void add_ordered(std::vector<Opcode>& all, const std::string& type) {
  all.push_back(lane_opcode<[](T a, T b) { return std::min(a, b); }, T, T, T>("min." + type));
  all.push_back(lane_opcode<[](T a, T b) { return std::max(a, b); }, T, T, T>("max." + type));
}

template <class T, class Twice>
void add_widening(std::vector<Opcode>& all, const std::string& type) {
  constexpr int kBits = 8 * sizeof(T);
  all.push_back(lane_opcode<[](T a, T b) { return Twice{a} * Twice{b}; }, Twice, T, T>("mul.wide." + type));
  all.push_back(
      lane_opcode<[](T a, T b) { return ((Twice{a} * Twice{b}) >> kBits); }, T, T, T>("mul.hi." + type));
  all.push_back(lane_opcode<[](T a, T b, Twice c) {
    using U = std::make_unsigned_t<Twice>;
    return static_cast<Twice>(static_cast<U>(Twice{a} * Twice{b}) + static_cast<U>(c));
  },
                            Twice, T, T, Twice>("mad.wide." + type));
}

template <class A, class B>
std::int32_t dot(std::uint32_t a, std::uint32_t b, std::int32_t c) {
  std::uint32_t sum = static_cast<std::uint32_t>(c);
  for (int i = 0; i < 32; i += 8)
    sum += static_cast<std::uint32_t>(std::int32_t{static_cast<A>(a >> i)} *
                                      std::int32_t{static_cast<B>(b >> i)});
  return static_cast<std::int32_t>(sum);
}

}  // namespace

void add_integer(std::vector<Opcode>& all) {
  for (const char* sign : {"s", "u"}) {
    add_wrapping<std::uint16_t>(all, sign + std::string("16"));
    add_wrapping<std::uint32_t>(all, sign + std::string("32"));
    add_wrapping<std::uint64_t>(all, sign + std::string("64"));
  }
  add_ordered<std::int16_t>(all, "s16");
  add_ordered<std::uint16_t>(all, "u16");
  add_ordered<std::int32_t>(all, "s32");
  add_ordered<std::uint32_t>(all, "u32");
  add_ordered<std::int64_t>(all, "s64");
  add_ordered<std::uint64_t>(all, "u64");
  add_widening<std::int16_t, std::int32_t>(all, "s16");
  add_widening<std::uint16_t, std::uint32_t>(all, "u16");
  add_widening<std::int32_t, std::int64_t>(all, "s32");
  add_widening<std::uint32_t, std::uint64_t>(all, "u32");
  all.push_back(lane_opcode<[](std::uint16_t a) { return 0U - a; }, std::uint16_t, std::uint16_t>("neg.s16"));
  all.push_back(lane_opcode<[](std::uint32_t a) { return 0U - a; }, std::uint32_t, std::uint32_t>("neg.s32"));
  all.push_back(
      lane_opcode<[](std::uint64_t a) { return std::uint64_t{0} - a; }, std::uint64_t, std::uint64_t>(
          "neg.s64"));
  all.push_back(lane_opcode<[](std::int32_t a) {
    return a < 0 ? 0U - static_cast<std::uint32_t>(a) : static_cast<std::uint32_t>(a);
  },
                            std::uint32_t, std::int32_t>("abs.s32"));
  all.push_back(
      lane_opcode<dot<std::int8_t, std::int8_t>, std::int32_t, std::uint32_t, std::uint32_t, std::int32_t>(
          "dp4a.s32.s32"));
  all.push_back(
      lane_opcode<dot<std::uint8_t, std::int8_t>, std::int32_t, std::uint32_t, std::uint32_t, std::int32_t>(
          "dp4a.u32.s32"));
}

}  // namespace zsq::ptx
