// setp.
#include "tests/ptx/lanes.h"

namespace zsq::ptx {
namespace {

template <class T, auto compare>
std::uint32_t compared(const Instruction& in, const Warp& w) {
  w.need(in.operands[1]);
  w.need(in.operands[2]);
  const T *a = w.lanes<T>(in.operands[1]), *b = w.lanes<T>(in.operands[2]);
  std::uint32_t result = 0;
  for (int lane = 0; lane < kLanes; ++lane)
    result |= static_cast<std::uint32_t>(compare(a[lane], b[lane])) << lane;
  return result;
}

template <class T, auto compare>
void run(const Instruction& in, Warp& w) {
  set_predicate(w, in.operands[0], compared<T, compare>(in, w));
}

/// setp.lt.and.s32 p, a, b, q
template <class T, auto compare, auto join>
void run_joined(const Instruction& in, Warp& w) {
  w.need(in.operands[3]);
  set_predicate(w, in.operands[0], join(compared<T, compare>(in, w), predicate(w, in.operands[3])));
}

template <class T, auto compare>
void add(std::vector<Opcode>& all, const std::string& name, const std::string& type) {
  constexpr int kBits = 8 * sizeof(T);
  using U = std::uint32_t;
  all.push_back({"setp." + name + "." + type, {1}, {kBits, kBits}, run<T, compare>});
  all.push_back({"setp." + name + ".and." + type,
                 {1},
                 {kBits, kBits, 1},
                 run_joined<T, compare, [](U a, U b) { return a & b; }>});
  all.push_back({"setp." + name + ".or." + type,
                 {1},
                 {kBits, kBits, 1},
                 run_joined<T, compare, [](U a, U b) { return a | b; }>});
}

template <class T>
void add_all(std::vector<Opcode>& all, const std::string& type) {
  add<T, [](T a, T b) { return a == b; }>(all, "eq", type);
  add<T, [](T a, T b) { return a != b; }>(all, "ne", type);
  add<T, [](T a, T b) { return a < b; }>(all, "lt", type);
  add<T, [](T a, T b) { return a <= b; }>(all, "le", type);
  add<T, [](T a, T b) { return b < a; }>(all, "gt", type);
  add<T, [](T a, T b) { return b <= a; }>(all, "ge", type);
}

}  // namespace

void add_compare(std::vector<Opcode>& all) {
  add_all<std::int16_t>(all, "s16");
  add_all<std::uint16_t>(all, "u16");
  add_all<std::int32_t>(all, "s32");
  add_all<std::uint32_t>(all, "u32");
  add_all<std::int64_t>(all, "s64");
  add_all<std::uint64_t>(all, "u64");
  add<std::uint16_t, [](std::uint16_t a, std::uint16_t b) { return a == b; }>(all, "eq", "b16");
  add<std::uint16_t, [](std::uint16_t a, std::uint16_t b) { return a != b; }>(all, "ne", "b16");
  add<std::uint32_t, [](std::uint32_t a, std::uint32_t b) { return a == b; }>(all, "eq", "b32");
  add<std::uint32_t, [](std::uint32_t a, std::uint32_t b) { return a != b; }>(all, "ne", "b32");
}

}  // namespace zsq::ptx
