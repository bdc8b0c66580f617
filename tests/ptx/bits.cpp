// mov, and, or, xor, not, shifts, bit fields, lop3, prmt, and what is done with predicates.
#include <algorithm>
#include <tuple>

#include "tests/ptx/lanes.h"

namespace zsq::ptx {
namespace {

template <class U>
void add_logic(std::vector<Opcode>& all, const std::string& bits) {
  all.push_back(lane_opcode<[](U a, U b) { return a & b; }, U, U, U>("and.b" + bits));
  all.push_back(lane_opcode<[](U a, U b) { return a | b; }, U, U, U>("or.b" + bits));
  all.push_back(lane_opcode<[](U a, U b) { return a ^ b; }, U, U, U>("xor.b" + bits));
  all.push_back(lane_opcode<[](U a) { return ~a; }, U, U>("not.b" + bits));
  for (const char* type : {"b", "u", "s"})
    all.push_back(lane_opcode<[](U a) { return a; }, U, U>("mov." + (type + bits)));
}

/// Counts beyond the width are the width.
template <class U>
void add_shifts(std::vector<Opcode>& all, const std::string& bits) {
  using S = std::make_signed_t<U>;
  constexpr std::uint32_t kBits = 8 * sizeof(U);
  all.push_back(lane_opcode<[](U a, std::uint32_t n) { return n >= kBits ? U{0} : static_cast<U>(a << n); },
                            U, U, std::uint32_t>("shl.b" + bits));
  for (const char* type : {"shr.u", "shr.b"})
    all.push_back(lane_opcode<[](U a, std::uint32_t n) { return n >= kBits ? U{0} : static_cast<U>(a >> n); },
                              U, U, std::uint32_t>(type + bits));
  all.push_back(lane_opcode<[](S a, std::uint32_t n) { return static_cast<S>(a >> std::min(n, kBits - 1)); },
                            S, S, std::uint32_t>("shr.s" + bits));
}

/// Any function of three bits; the last operand is its table.
std::uint32_t lop3(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t table) {
  std::uint32_t r = 0;
  for (std::uint32_t i = 0; i < 8; ++i)
    if ((table >> i & 1) != 0)
      r |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
  return r;
}

/// Four bytes out of eight; bit 3 of a choice copies the byte's sign.
std::uint32_t prmt(std::uint32_t a, std::uint32_t b, std::uint32_t choice) {
  const std::uint64_t both = std::uint64_t{b} << 32 | a;
  std::uint32_t r = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t which = choice >> (4 * i) & 15;
    auto byte = static_cast<std::uint32_t>(both >> (8 * (which & 7)) & 255);
    if ((which & 8) != 0) byte = (byte & 128) != 0 ? 255 : 0;
    r |= byte << (8 * i);
  }
  return r;
}

std::uint32_t bfe_u32(std::uint32_t a, std::uint32_t at, std::uint32_t length) {
  at &= 255;
  length = std::min(length & 255, 32U);
  const std::uint64_t field = at >= 32 ? 0 : std::uint64_t{a} >> at;
  return static_cast<std::uint32_t>(field & ((std::uint64_t{1} << length) - 1));
}

std::int32_t bfe_s32(std::int32_t a, std::uint32_t at, std::uint32_t length) {
  at &= 255;
  length = std::min(length & 255, 32U);
  if (length == 0) return 0;
  const std::int64_t field = std::int64_t{a} >> std::min(at, 63U);
  return static_cast<std::int32_t>(
      static_cast<std::int64_t>(static_cast<std::uint64_t>(field) << (64 - length)) >> (64 - length));
}

std::uint32_t bfi(std::uint32_t a, std::uint32_t b, std::uint32_t at, std::uint32_t length) {
  at &= 255;
  length &= 255;
  if (at >= 32 || length == 0) return b;
  const auto mask = static_cast<std::uint32_t>(((std::uint64_t{1} << std::min(length, 32U)) - 1) << at);
  return (b & ~mask) | (a << at & mask);
}

std::uint64_t pair(std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; }

template <class U>
void select(const Instruction& in, Warp& w) {
  for (int i = 1; i < 4; ++i) w.need(in.operands.at(static_cast<std::size_t>(i)));
  const U *a = w.lanes<U>(in.operands[1]), *b = w.lanes<U>(in.operands[2]);
  const std::uint32_t p = predicate(w, in.operands[3]);
  each_lane(w.mask, w.lanes<U>(in.operands[0]),
            [&](int lane) { return (p >> lane & 1) != 0 ? a[lane] : b[lane]; });
  w.define(in.operands[0]);
}

template <auto f>
void of_predicates(const Instruction& in, Warp& w) {
  w.need(in.operands[1]);
  w.need(in.operands[2]);
  set_predicate(w, in.operands[0], f(predicate(w, in.operands[1]), predicate(w, in.operands[2])));
}

template <auto f>
void of_predicate(const Instruction& in, Warp& w) {
  w.need(in.operands[1]);
  set_predicate(w, in.operands[0], f(predicate(w, in.operands[1])));
}

void take_apart(const Instruction& in, Warp& w) {
  w.need(in.operands[2]);
  const auto* from = w.lanes<std::uint64_t>(in.operands[2]);
  std::uint32_t low[kLanes], high[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    low[lane] = static_cast<std::uint32_t>(from[lane]);
    high[lane] = static_cast<std::uint32_t>(from[lane] >> 32);
  }
  each_lane(w.mask, w.lanes<std::uint32_t>(in.operands[0]), [&](int lane) { return low[lane]; });
  each_lane(w.mask, w.lanes<std::uint32_t>(in.operands[1]), [&](int lane) { return high[lane]; });
  w.define(in.operands[0]);
  w.define(in.operands[1]);
}

}  // namespace

void add_bits(std::vector<Opcode>& all) {
  using U = std::uint32_t;
  add_logic<std::uint16_t>(all, "16");
  add_logic<std::uint32_t>(all, "32");
  add_logic<std::uint64_t>(all, "64");
  add_shifts<std::uint16_t>(all, "16");
  add_shifts<std::uint32_t>(all, "32");
  add_shifts<std::uint64_t>(all, "64");
  all.push_back(lane_opcode<lop3, U, U, U, U, U>("lop3.b32"));
  all.push_back(lane_opcode<prmt, U, U, U, U>("prmt.b32"));
  all.push_back(lane_opcode<bfe_u32, U, U, U, U>("bfe.u32"));
  all.push_back(lane_opcode<bfe_s32, std::int32_t, std::int32_t, U, U>("bfe.s32"));
  all.push_back(lane_opcode<bfi, U, U, U, U, U>("bfi.b32"));
  all.push_back(
      lane_opcode<[](U a, U b, U n) { return static_cast<U>(pair(a, b) << (n & 31) >> 32); }, U, U, U, U>(
          "shf.l.wrap.b32"));
  all.push_back(lane_opcode<[](U a, U b, U n) { return static_cast<U>(pair(a, b) >> (n & 31)); }, U, U, U, U>(
      "shf.r.wrap.b32"));
  all.push_back(lane_opcode<pair, std::uint64_t, U, U>("mov.b64"));
  all.push_back({"mov.b64", {32, 32}, {64}, take_apart});
  for (const char* type : {"b", "u", "s"}) {
    all.push_back({std::string("selp.") + type + "16", {16}, {16, 16, 1}, select<std::uint16_t>});
    all.push_back({std::string("selp.") + type + "32", {32}, {32, 32, 1}, select<std::uint32_t>});
    all.push_back({std::string("selp.") + type + "64", {64}, {64, 64, 1}, select<std::uint64_t>});
  }
  all.push_back({"and.pred", {1}, {1, 1}, of_predicates<[](U a, U b) { return a & b; }>});
  all.push_back({"or.pred", {1}, {1, 1}, of_predicates<[](U a, U b) { return a | b; }>});
  all.push_back({"xor.pred", {1}, {1, 1}, of_predicates<[](U a, U b) { return a ^ b; }>});
  all.push_back({"not.pred", {1}, {1}, of_predicate<[](U a) { return ~a; }>});
  all.push_back({"mov.pred", {1}, {1}, of_predicate<[](U a) { return a; }>});
}

}  // namespace zsq::ptx
