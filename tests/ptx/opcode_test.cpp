// Every opcode that the kernels use, against plain C++.
#include <algorithm>
#include <bit>
#include <functional>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/ptx/interpreted_gpu.h"
#include "tests/ptx/small_kernel.h"

namespace zsq::ptx {
namespace {

using U = std::uint64_t;

std::int64_t s64(U v) { return static_cast<std::int64_t>(v); }
std::int32_t s32(U v) { return static_cast<std::int32_t>(v); }
std::uint32_t u32(U v) { return static_cast<std::uint32_t>(v); }
std::int16_t s16(U v) { return static_cast<std::int16_t>(v); }
std::uint16_t u16(U v) { return static_cast<std::uint16_t>(v); }
std::int8_t s8(U v) { return static_cast<std::int8_t>(v); }
std::uint8_t u8(U v) { return static_cast<std::uint8_t>(v); }
U of(std::int64_t v) { return static_cast<U>(v); }

/// An opcode of up to three inputs; the widths of its registers, the result's first; 1: a predicate, which is
/// the lowest bit of its input.
struct Case {
  std::string opcode;
  std::vector<int> bits;
  std::function<U(U, U, U)> expected;
};

std::vector<Case> cases() {
  std::vector<Case> all{
      {"add.s16", {16, 16, 16}, [](U a, U b, U) { return of(a + b); }},
      {"add.s32", {32, 32, 32}, [](U a, U b, U) { return a + b; }},
      {"add.s64", {64, 64, 64}, [](U a, U b, U) { return a + b; }},
      {"sub.s16", {16, 16, 16}, [](U a, U b, U) { return a - b; }},
      {"sub.s32", {32, 32, 32}, [](U a, U b, U) { return a - b; }},
      {"sub.s64", {64, 64, 64}, [](U a, U b, U) { return a - b; }},
      {"mul.lo.s16", {16, 16, 16}, [](U a, U b, U) { return a * b; }},
      {"mul.lo.s32", {32, 32, 32}, [](U a, U b, U) { return a * b; }},
      {"mul.lo.s64", {64, 64, 64}, [](U a, U b, U) { return a * b; }},
      {"mad.lo.s32", {32, 32, 32, 32}, [](U a, U b, U c) { return a * b + c; }},
      {"mad.lo.s64", {64, 64, 64, 64}, [](U a, U b, U c) { return a * b + c; }},
      {"mul.wide.s16", {32, 16, 16}, [](U a, U b, U) { return of(s16(a) * s16(b)); }},
      {"mul.wide.u16", {32, 16, 16}, [](U a, U b, U) { return U{u16(a)} * u16(b); }},
      {"mul.wide.s32", {64, 32, 32}, [](U a, U b, U) { return of(std::int64_t{s32(a)} * s32(b)); }},
      {"mul.wide.u32", {64, 32, 32}, [](U a, U b, U) { return U{u32(a)} * u32(b); }},
      {"mul.hi.s32", {32, 32, 32}, [](U a, U b, U) { return of(std::int64_t{s32(a)} * s32(b) >> 32); }},
      {"mul.hi.u32", {32, 32, 32}, [](U a, U b, U) { return U{u32(a)} * u32(b) >> 32; }},
      {"mad.wide.s32", {64, 32, 32, 64}, [](U a, U b, U c) { return of(std::int64_t{s32(a)} * s32(b)) + c; }},
      {"mad.wide.u32", {64, 32, 32, 64}, [](U a, U b, U c) { return U{u32(a)} * u32(b) + c; }},
      {"min.s16", {16, 16, 16}, [](U a, U b, U) { return of(std::min(s16(a), s16(b))); }},
      {"max.s16", {16, 16, 16}, [](U a, U b, U) { return of(std::max(s16(a), s16(b))); }},
      {"min.s32", {32, 32, 32}, [](U a, U b, U) { return of(std::min(s32(a), s32(b))); }},
      {"max.s32", {32, 32, 32}, [](U a, U b, U) { return of(std::max(s32(a), s32(b))); }},
      {"min.u32", {32, 32, 32}, [](U a, U b, U) { return U{std::min(u32(a), u32(b))}; }},
      {"max.u32", {32, 32, 32}, [](U a, U b, U) { return U{std::max(u32(a), u32(b))}; }},
      {"min.s64", {64, 64, 64}, [](U a, U b, U) { return of(std::min(s64(a), s64(b))); }},
      {"max.s64", {64, 64, 64}, [](U a, U b, U) { return of(std::max(s64(a), s64(b))); }},
      {"min.u64", {64, 64, 64}, [](U a, U b, U) { return std::min(a, b); }},
      {"max.u64", {64, 64, 64}, [](U a, U b, U) { return std::max(a, b); }},
      {"neg.s16", {16, 16}, [](U a, U, U) { return 0 - a; }},
      {"neg.s32", {32, 32}, [](U a, U, U) { return 0 - a; }},
      {"neg.s64", {64, 64}, [](U a, U, U) { return 0 - a; }},
      {"abs.s32", {32, 32}, [](U a, U, U) { return s32(a) < 0 ? 0 - a : a; }},
      {"and.b16", {16, 16, 16}, [](U a, U b, U) { return a & b; }},
      {"or.b16", {16, 16, 16}, [](U a, U b, U) { return a | b; }},
      {"xor.b16", {16, 16, 16}, [](U a, U b, U) { return a ^ b; }},
      {"and.b32", {32, 32, 32}, [](U a, U b, U) { return a & b; }},
      {"or.b32", {32, 32, 32}, [](U a, U b, U) { return a | b; }},
      {"xor.b32", {32, 32, 32}, [](U a, U b, U) { return a ^ b; }},
      {"not.b32", {32, 32}, [](U a, U, U) { return ~a; }},
      {"and.b64", {64, 64, 64}, [](U a, U b, U) { return a & b; }},
      {"or.b64", {64, 64, 64}, [](U a, U b, U) { return a | b; }},
      {"xor.b64", {64, 64, 64}, [](U a, U b, U) { return a ^ b; }},
      {"not.b64", {64, 64}, [](U a, U, U) { return ~a; }},
      {"shl.b16", {16, 16, 32}, [](U a, U n, U) { return u32(n) > 15 ? 0 : a << u32(n); }},
      {"shl.b32", {32, 32, 32}, [](U a, U n, U) { return u32(n) > 31 ? 0 : a << u32(n); }},
      {"shl.b64", {64, 64, 32}, [](U a, U n, U) { return u32(n) > 63 ? 0 : a << u32(n); }},
      {"shr.u16", {16, 16, 32}, [](U a, U n, U) { return u32(n) > 15 ? 0 : U{u16(a)} >> u32(n); }},
      {"shr.u32", {32, 32, 32}, [](U a, U n, U) { return u32(n) > 31 ? 0 : U{u32(a)} >> u32(n); }},
      {"shr.u64", {64, 64, 32}, [](U a, U n, U) { return u32(n) > 63 ? 0 : a >> u32(n); }},
      {"shr.s16", {16, 16, 32}, [](U a, U n, U) { return of(s16(a) >> std::min(u32(n), 15U)); }},
      {"shr.s32", {32, 32, 32}, [](U a, U n, U) { return of(s32(a) >> std::min(u32(n), 31U)); }},
      {"shr.s64", {64, 64, 32}, [](U a, U n, U) { return of(s64(a) >> std::min(u32(n), 63U)); }},
      {"bfe.u32",
       {32, 32, 32, 32},
       [](U a, U b, U c) {
         return u8(b) > 31 ? 0 : (U{u32(a)} >> u8(b)) & (u8(c) > 31 ? UINT32_MAX : (U{1} << u8(c)) - 1);
       }},
      {"bfi.b32",
       {32, 32, 32, 32, 32},
       [](U a, U b, U c) {  // the length is the third value too
         const U at = u8(c), length = u8(c);
         const U field = at > 31 ? 0 : ((U{1} << std::min<U>(length, 32)) - 1) << at & UINT32_MAX;
         return (b & ~field) | (at > 31 ? 0 : a << at & field);
       }},
      {"bfe.s32",
       {32, 32, 32, 32},
       [](U a, U b, U c) {
         U field = 0;
         const U at = u8(b), length = std::min<U>(u8(c), 32);
         for (U i = 0; i < 32 && length > 0; ++i)
           field |= (of(s32(a)) >> std::min<U>(at + std::min(i, length - 1), 63) & 1) << i;
         return field;
       }},
      {"prmt.b32",
       {32, 32, 32, 32},
       [](U a, U b, U c) {
         U r = 0;
         for (U i = 0; i < 4; ++i) {
           const U choice = c >> (4 * i) & 15;
           const std::uint8_t byte =
               u8((choice & 4) != 0 ? u32(b) >> (8 * (choice & 3)) : u32(a) >> (8 * (choice & 3)));
           r |= ((choice & 8) != 0 ? (byte > 127 ? U{255} : U{0}) : U{byte}) << (8 * i);
         }
         return r;
       }},
      {"shf.l.wrap.b32",
       {32, 32, 32, 32},
       [](U a, U b, U n) { return (n & 31) == 0 ? b : (b << (n & 31)) | (U{u32(a)} >> (32 - (n & 31))); }},
      {"shf.r.wrap.b32",
       {32, 32, 32, 32},
       [](U a, U b, U n) { return (n & 31) == 0 ? a : (U{u32(a)} >> (n & 31)) | (b << (32 - (n & 31))); }},
      {"dp4a.s32.s32",
       {32, 32, 32, 32},
       [](U a, U b, U c) {
         for (U i = 0; i < 32; i += 8) c += of(s8(a >> i) * s8(b >> i));
         return c;
       }},
      {"dp4a.u32.s32",
       {32, 32, 32, 32},
       [](U a, U b, U c) {
         for (U i = 0; i < 32; i += 8) c += of(u8(a >> i) * s8(b >> i));
         return c;
       }},
      {"cvt.pack.sat.s8.s32.b32",
       {32, 32, 32, 32},
       [](U a, U b, U c) {
         const auto byte = [](U v) { return U{u8(of(std::clamp(s32(v), -128, 127)))}; };
         return c << 16 | byte(a) << 8 | byte(b);
       }},
      {"cvt.s64.s32", {64, 32}, [](U a, U, U) { return of(s32(a)); }},
      {"cvt.u64.u32", {64, 32}, [](U a, U, U) { return U{u32(a)}; }},
      {"cvt.u32.u64", {32, 64}, [](U a, U, U) { return a; }},
      {"cvt.s64.s16", {64, 16}, [](U a, U, U) { return of(s16(a)); }},
      {"cvt.s32.s8", {32, 16}, [](U a, U, U) { return of(s8(a)); }},
      {"cvt.s32.s8", {32, 32}, [](U a, U, U) { return of(s8(a)); }},
      {"cvt.u32.u8", {32, 16}, [](U a, U, U) { return U{u8(a)}; }},
      {"cvt.s32.s16", {32, 16}, [](U a, U, U) { return of(s16(a)); }},
      {"cvt.u32.u16", {32, 16}, [](U a, U, U) { return U{u16(a)}; }},
      {"cvt.u16.u32", {16, 32}, [](U a, U, U) { return a; }},
      {"cvt.s16.s8", {16, 16}, [](U a, U, U) { return of(s8(a)); }},
      {"cvt.s8.s32", {16, 32}, [](U a, U, U) { return of(s8(a)); }},
      {"selp.b16", {16, 16, 16, 1}, [](U a, U b, U p) { return (p & 1) != 0 ? a : b; }},
      {"selp.b32", {32, 32, 32, 1}, [](U a, U b, U p) { return (p & 1) != 0 ? a : b; }},
      {"selp.u32", {32, 32, 32, 1}, [](U a, U b, U p) { return (p & 1) != 0 ? a : b; }},
      {"selp.u16", {16, 16, 16, 1}, [](U a, U b, U p) { return (p & 1) != 0 ? a : b; }},
      {"selp.b64", {64, 64, 64, 1}, [](U a, U b, U p) { return (p & 1) != 0 ? a : b; }},
      {"and.pred", {1, 1, 1}, [](U a, U b, U) { return a & b; }},
      {"or.pred", {1, 1, 1}, [](U a, U b, U) { return a | b; }},
      {"xor.pred", {1, 1, 1}, [](U a, U b, U) { return a ^ b; }},
      {"not.pred", {1, 1}, [](U a, U, U) { return ~a; }},
      {"mov.pred", {1, 1}, [](U a, U, U) { return a; }},
  };
  for (const int bits : {16, 32, 64})
    for (const char* type : {"b", "u"})
      all.push_back(
          {std::string("mov.") + type + std::to_string(bits), {bits, bits}, [](U a, U, U) { return a; }});
  for (const char* name : {"cvta.to.global.u64", "cvta.to.shared.u64", "cvta.shared.u64", "cvta.global.u64"})
    all.push_back({name, {64, 64}, [](U a, U, U) { return a; }});
  const auto add_compare = [&]<class T>(const std::string& type, T) {
    constexpr int kBits = 8 * sizeof(T);
    const auto add = [&](const std::string& name, auto compare) {
      const auto of_inputs = [compare](U a, U b) { return U{compare(static_cast<T>(a), static_cast<T>(b))}; };
      all.push_back(
          {"setp." + name + "." + type, {1, kBits, kBits}, [=](U a, U b, U) { return of_inputs(a, b); }});
      all.push_back({"setp." + name + ".and." + type, {1, kBits, kBits, 1}, [=](U a, U b, U p) {
                       return of_inputs(a, b) & p;
                     }});
      all.push_back({"setp." + name + ".or." + type, {1, kBits, kBits, 1}, [=](U a, U b, U p) {
                       return of_inputs(a, b) | p;
                     }});
    };
    add("eq", [](T a, T b) { return a == b; });
    add("ne", [](T a, T b) { return a != b; });
    add("lt", [](T a, T b) { return a < b; });
    add("le", [](T a, T b) { return a <= b; });
    add("gt", [](T a, T b) { return b < a; });
    add("ge", [](T a, T b) { return b <= a; });
  };
  add_compare("s16", std::int16_t{});
  add_compare("u16", std::uint16_t{});
  add_compare("s32", std::int32_t{});
  add_compare("u32", std::uint32_t{});
  add_compare("s64", std::int64_t{});
  add_compare("u64", std::uint64_t{});
  return all;
}

std::string register_of(int bits, int i) {
  const char* prefix = bits == 1 ? "%p" : bits == 16 ? "%rs" : bits == 32 ? "%r" : "%rd";
  return prefix + std::to_string(i);
}

/// A kernel that runs the opcode on three values of each lane.
Program kernel_of(const Case& c) {
  std::string text = lane_place("%rd20", "%rd30", 3) + lane_place("%rd21", "%rd31");
  std::string operands = register_of(c.bits[0], 1);
  for (std::size_t i = 1; i < c.bits.size(); ++i) {
    const int bits = c.bits[i], number = static_cast<int>(i) + 1;
    const std::string r = register_of(bits, number),
                      from = "[%rd20+" + std::to_string(8 * std::min<std::size_t>(i - 1, 2)) + "]";
    if (bits == 1)
      text +=
          "ld.global.u64 %rd15, " + from + ";\nand.b64 %rd15, %rd15, 1;\nsetp.ne.s64 " + r + ", %rd15, 0;\n";
    else
      text += "ld.global.u" + std::to_string(bits) + " " + r + ", " + from + ";\n";
    operands += ", " + r;
  }
  text += c.opcode + " " + operands + ";\n";
  const std::string result = register_of(c.bits[0], 1);
  if (c.bits[0] == 1)
    text += "selp.b64 %rd9, 1, 0, " + result + ";\nst.global.u64 [%rd21], %rd9;\n";
  else
    text += "mov.u64 %rd9, 0;\nst.global.u64 [%rd21], %rd9;\nst.global.u" + std::to_string(c.bits[0]) +
            " [%rd21], " + result + ";\n";
  return small_kernel(text);
}

TEST(Opcodes, DoWhatPlainCppDoes) {
  std::mt19937_64 random(7);
  const std::vector<U> corners{0,          1,          31,         32,        33,         63,        64,
                               127,        128,        255,        256,       32767,      32768,     65535,
                               0x7fffffff, 0x80000000, 0xffffffff, INT64_MAX, U{1} << 63, UINT64_MAX};
  for (const Case& c : cases()) {
    const Program kernel = kernel_of(c);
    for (int round = 0; round < 20; ++round) {
      std::vector<U> in, out(32);
      for (int i = 0; i < 96; ++i)
        in.push_back(random() % 3 == 0   ? corners[random() % corners.size()]
                     : random() % 2 == 0 ? random()
                                         : random() % 70);
      run_small(kernel, in, out);
      const U mask = c.bits[0] == 64 ? UINT64_MAX : (U{1} << c.bits[0]) - 1;
      for (std::size_t lane = 0; lane < 32; ++lane) {
        const U* a = &in[3 * lane];
        ASSERT_EQ(out[lane], c.expected(a[0], a[1], a[2]) & mask)
            << c.opcode << " of " << a[0] << ", " << a[1] << ", " << a[2];
      }
    }
  }
}

/// What the cases above do not run, the tests of memory, matrices and warps do.
TEST(Opcodes, OfTheKernelsAreAllTested) {
  std::set<std::string> tested;
  for (const Case& c : cases()) tested.insert(c.opcode);
  for (const Target target : {Target::sm_80, Target::sm_120})
    for (const auto& module : modules_for(target))
      for (const Body& body : read(module.ptx))
        for (const Statement& s : body.statements) {
          const auto begins = [&](const char* with) { return s.opcode.starts_with(with); };
          constexpr std::array kElsewhere{"ld.", "st.",      "bra",      "ret",      "exit",
                                          "bar", "cp.async", "ldmatrix", "mma.sync", "shfl"};
          EXPECT_TRUE(tested.contains(s.opcode) || std::ranges::any_of(kElsewhere, begins))
              << s.opcode << " of " << body.name << " is not tested";
        }
}

/// Integers only, and no division at all.
TEST(Kernels, HoldNoFloatingPointAndNoDivision) {
  for (const Target target : {Target::sm_80, Target::sm_120})
    for (const auto& module : modules_for(target))
      for (const Body& body : read(module.ptx))
        for (const Statement& s : body.statements) {
          for (const char* type : {".f16", ".bf16", ".f32", ".f64", ".tf32", "f8"})
            EXPECT_EQ(s.opcode.find(type), std::string::npos) << body.name << ": " << s.text;
          EXPECT_FALSE(s.opcode.starts_with("div") || s.opcode.starts_with("rem"))
              << body.name << ": " << s.text;
        }
}

TEST(Memory, IsReadAndWrittenInEveryWidth) {
  const std::vector<std::pair<std::string, std::string>> pairs{
      {"ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd20]", "st.global.v4.u32 [%rd21], {%r1, %r2, %r3, %r4}"},
      {"ld.global.nc.v2.u64 {%rd1, %rd2}, [%rd20]", "st.global.v2.u64 [%rd21], {%rd1, %rd2}"},
      {"ld.global.v2.u32 {%r1, %r2}, [%rd20];\nld.global.v2.u32 {%r3, %r4}, [%rd20+8]",
       "st.global.v2.u32 [%rd21+8], {%r3, %r4};\nst.global.v2.u32 [%rd21], {%r1, %r2}"}};
  std::mt19937_64 random(3);
  std::vector<U> in(64);
  for (U& v : in) v = random();
  for (const auto& [load, store] : pairs) {
    std::vector<U> out(64);
    run_small(small_kernel(lane_place("%rd20", "%rd30", 2) + lane_place("%rd21", "%rd31", 2) + load + ";\n" +
                           store + ";"),
              in, out);
    EXPECT_EQ(out, in) << load;
  }
  std::vector<U> out(32);
  run_small(
      small_kernel(lane_place("%rd20", "%rd30") + lane_place("%rd21", "%rd31") +
                   "ld.global.s8 %r1, [%rd20+3];\ncvt.s64.s32 %rd1, %r1;\nst.global.u64 [%rd21], %rd1;\n"),
      in, out);
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(out[i], of(s8(in[i] >> 24)));
}

/// Each lane's own row in shared memory, by st and ld, and as matrices.
TEST(Matrices, AreLoadedAndMultipliedAsTheManualSays) {
  std::mt19937_64 random(5);
  std::vector<U> in(32 * 4);  // 16 rows of 32 bytes of A, then 8 of B
  for (U& v : in) v = random();
  std::vector<U> out(32 * 2);
  // Thread t stores 16 bytes at 16 * t: row t / 2, half t % 2. B follows at 512.
  const std::string store =
      "mov.u32 %r0, %tid.x;\nmul.wide.u32 %rd1, %r0, 16;\nadd.s64 %rd2, %rd30, %rd1;\nmov.u32 %r1, "
      "tile;\nshl.b32 %r2, %r0, 4;\nadd.s32 %r3, %r1, %r2;\n"
      "ld.global.v4.u32 {%r4, %r5, %r6, %r7}, [%rd2];\nst.shared.v4.u32 [%r3], {%r4, %r5, %r6, %r7};\n"
      "ld.global.v4.u32 {%r4, %r5, %r6, %r7}, [%rd2+512];\nst.shared.v4.u32 [%r3+512], {%r4, %r5, %r6, "
      "%r7};\nbar.sync 0;\n";
  // Matrices 0 to 3 of A: rows 0-7 and 8-15 of the first half, then of the second.
  const std::string load =
      "and.b32 %r8, %r0, 15;\nshl.b32 %r8, %r8, 5;\nshr.u32 %r9, %r0, 4;\nshl.b32 %r9, %r9, 4;\nadd.s32 %r8, "
      "%r8, %r9;\nadd.s32 %r8, %r8, %r1;\n"
      "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r10, %r11, %r12, %r13}, [%r8];\n"
      "and.b32 %r8, %r0, 7;\nshl.b32 %r8, %r8, 5;\nshr.u32 %r9, %r0, 3;\nand.b32 %r9, %r9, 1;\nshl.b32 %r9, "
      "%r9, 4;\nadd.s32 %r8, %r8, %r9;\nadd.s32 %r8, %r8, %r1;\n"
      "ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r14, %r15}, [%r8+512];\n";
  const std::string multiply =
      "mov.u32 %r16, 5;\nmma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%r20, %r21, %r22, %r23}, {%r10, "
      "%r11, %r12, %r13}, {%r14, %r15}, {%r16, %r16, %r16, %r16};\n" +
      lane_place("%rd21", "%rd31", 2) + "st.global.v4.u32 [%rd21], {%r20, %r21, %r22, %r23};\n";
  const Counters counters = run_small(small_kernel(store + load + multiply), in, out);
  EXPECT_EQ(counters.mma, 1U);
  const auto* bytes = reinterpret_cast<const std::int8_t*>(in.data());
  const auto* got = reinterpret_cast<const std::int32_t*>(out.data());
  for (int row = 0; row < 16; ++row)
    for (int column = 0; column < 8; ++column) {
      std::int32_t sum = 5;
      for (int k = 0; k < 32; ++k) sum += bytes[32 * row + k] * bytes[512 + 32 * column + k];
      const int lane = row % 8 * 4 + column / 2;
      EXPECT_EQ(got[4 * lane + row / 8 * 2 + column % 2], sum) << row << ", " << column;
    }
}

TEST(CopyAsync, BringsWhatWasWaitedFor) {
  for (const std::string copy : {"cp.async.cg.shared.global", "cp.async.ca.shared.global"}) {
    std::vector<U> in(64), out(64);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = i * 0x0101010101010101;
    run_small(small_kernel(
                  "mov.u32 %r0, %tid.x;\nmov.u32 %r1, tile;\nshl.b32 %r2, %r0, 4;\nadd.s32 %r3, %r1, %r2;\n" +
                  lane_place("%rd20", "%rd30", 2) + "add.s64 %rd20, %rd20, -48;\n" + copy +
                  " [%r3+1024], [%rd20+48], 16;\ncp.async.commit_group;\ncp.async.wait_group 0;\n"
                  "ld.shared.v2.u64 {%rd1, %rd2}, [%r3+1024];\n" +
                  lane_place("%rd21", "%rd31", 2) + "st.global.v2.u64 [%rd21], {%rd1, %rd2};"),
              in, out);
    EXPECT_EQ(out, in) << copy;
  }
}

TEST(Shuffles, ExchangeLanes) {
  std::vector<U> in(32), out(32);
  for (std::size_t i = 0; i < 32; ++i) in[i] = 100 + i;
  const auto run = [&](const std::string& shuffle) {
    run_small(small_kernel(lane_place("%rd20", "%rd30") + lane_place("%rd21", "%rd31") +
                           "ld.global.u32 %r1, [%rd20];\n" + shuffle +
                           ";\ncvt.u64.u32 %rd1, %r2;\nst.global.u64 [%rd21], %rd1;"),
              in, out);
  };
  run("shfl.sync.bfly.b32 %r2|%p1, %r1, 4, 31, -1");
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(out[i], 100 + (i ^ 4));
  run("shfl.sync.down.b32 %r2|%p1, %r1, 8, 31, -1");
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(out[i], i + 8 < 32 ? 108 + i : 100 + i);
  run("shfl.sync.idx.b32 %r2|%p1, %r1, 3, 31, -1");
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(out[i], 103U);
}

}  // namespace
}  // namespace zsq::ptx
