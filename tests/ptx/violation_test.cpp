// Every check, by a kernel that breaks it on purpose; and flow that must not.
#include <gtest/gtest.h>

#include "tests/ptx/small_kernel.h"

namespace zsq::ptx {
namespace {

struct Broken {
  const char* name;
  std::string statements;
  std::string complaint;
  std::uint32_t threads = 32;
};
void PrintTo(const Broken& b, std::ostream* out) { *out << b.name; }

const std::string kTile =
    "mov.u32 %r0, %tid.x;\nmov.u32 %r1, tile;\nshl.b32 %r2, %r0, 2;\nadd.s32 %r3, %r1, %r2;\n";
const std::string kCopy =
    "mov.u32 %r0, %tid.x;\nmov.u32 %r1, tile;\nshl.b32 %r2, %r0, 4;\nadd.s32 %r3, %r1, "
    "%r2;\ncp.async.cg.shared.global [%r3], [%rd30], 16;\ncp.async.commit_group;\n";
const std::string kStoreAll = kTile + "st.shared.u32 [%r3], %r0;\n";
// Reads what the thread 32 places on has written.
const std::string kReadOther = "xor.b32 %r4, %r2, 128;\nadd.s32 %r5, %r1, %r4;\nld.shared.u32 %r6, [%r5];\n";

class Refused : public testing::TestWithParam<Broken> {};

TEST_P(Refused, WithTheReason) {
  const std::vector<std::uint64_t> in(64, 1);
  std::vector<std::uint64_t> out(64);
  try {
    run_small(small_kernel(GetParam().statements), in, out, GetParam().threads);
    FAIL() << "was run";
  } catch (const Violation& violation) {
    EXPECT_NE(std::string(violation.what()).find(GetParam().complaint), std::string::npos)
        << violation.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kernels, Refused,
    testing::Values(
        Broken{"UnknownOpcode", "add.f32 %r1, %r2, %r3;", "the opcode is unknown"},
        Broken{"UnknownRegister", "mov.u32 %r1, %q2;", "'%q2' is unknown"},
        Broken{"OperandsOfAnotherWidth", "add.s32 %r1, %rd2, %r3;",
               "the operands are not those of the opcode"},
        Broken{"UnwrittenRegister", "add.s32 %r1, %r2, 1;", "%r2 is read before it is written"},
        Broken{"RegisterWrittenBySomeLanes",
               "mov.u32 %r0, %tid.x;\nsetp.lt.u32 %p1, %r0, 8;\n@%p1 mov.u32 %r1, 3;\nadd.s32 %r2, %r1, 1;",
               "%r1 is read before it is written, by lane 8"},
        Broken{"UnwrittenPredicate", "@%p3 mov.u32 %r1, 3;", "%p3 is read before it is written"},
        Broken{"ReadOutside", "ld.global.u32 %r1, [%rd30+512];", "reads 4 bytes outside"},
        Broken{"ReadBefore", "ld.global.u32 %r1, [%rd30+-4];", "reads 4 bytes outside"},
        Broken{"WriteOutside", "st.global.u32 [%rd31+512], 1;", "writes 4 bytes outside"},
        Broken{"WriteWhereOnlyReadingIsAllowed", "st.global.u32 [%rd30], 1;", "writes 4 bytes outside"},
        Broken{"LastLaneOutside",
               "mov.u32 %r0, %tid.x;\nmul.wide.u32 %rd1, %r0, 16;\nadd.s64 %rd2, %rd30, "
               "%rd1;\nld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd2+16];",
               "lane 31 reads 16 bytes outside"},
        Broken{"Misaligned", "ld.global.u32 %r1, [%rd30+2];", "an address is not a multiple of 4"},
        Broken{"MisalignedVector", "ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd30+8];",
               "an address is not a multiple of 16"},
        Broken{"ParameterOutside", "mov.b64 %rd1, in;\nld.param.u64 %rd2, [%rd1+16];",
               "parameters are 16 bytes"},
        Broken{"SharedOutside", kTile + "st.shared.u32 [%r3+4096], %r0;", "is outside"},
        Broken{"SharedMisaligned", kTile + "st.shared.u32 [%r3+1], %r0;", "is not a multiple of 4"},
        Broken{"SharedUnwritten", kTile + "ld.shared.u32 %r4, [%r3];", "is read before it is written"},
        Broken{"ReadAcrossWarpsWithoutBarrier", kStoreAll + kReadOther, "before it is written", 64},
        Broken{"ReadByTwoWarpsThenWritten",
               kStoreAll + "bar.sync 0;\n" + kReadOther + "st.shared.u32 [%r3], %r0;",
               "without a barrier between", 64},
        Broken{"WrittenByTwoWarps", "mov.u32 %r1, tile;\nst.shared.u32 [%r1], 1;", "is written by two warps",
               64},
        Broken{"WrittenThenReadByAnotherWarp",
               "mov.u32 %r1, tile;\nmov.u32 %r0, %tid.x;\nsetp.lt.u32 %p1, %r0, 32;\n@%p1 st.shared.u32 "
               "[%r1], 1;\nld.shared.u32 %r2, [%r1];",
               "read and written by two warps", 64},
        Broken{"CopyNotWaitedFor", kCopy + "ld.shared.u32 %r4, [%r3];", "before its copy was waited for"},
        Broken{"CopyWaitedForTooLittle", kCopy + "cp.async.wait_group 1;\nld.shared.u32 %r4, [%r3];",
               "before its copy was waited for"},
        Broken{"CopyNotCommitted",
               "mov.u32 %r1, tile;\nmov.u32 %r0, %tid.x;\nshl.b32 %r2, %r0, 4;\nadd.s32 %r3, %r1, "
               "%r2;\ncp.async.cg.shared.global [%r3], [%rd30], 16;\ncp.async.wait_group 0;\nld.shared.u32 "
               "%r4, [%r3];",
               "before its copy was waited for"},
        Broken{"CopyOverwritten", kCopy + "st.shared.u32 [%r3], %r0;", "while a copy to it is on its way"},
        Broken{"CopyReadByAnotherWarpWithoutBarrier",
               "mov.u32 %r1, tile;\nmov.u32 %r0, %tid.x;\nsetp.lt.u32 %p1, %r0, 32;\nshl.b32 %r2, %r0, "
               "4;\nadd.s32 %r3, %r1, %r2;\n@%p1 cp.async.cg.shared.global [%r3], [%rd30], "
               "16;\ncp.async.commit_group;\ncp.async.wait_group 0;\nld.shared.u32 %r4, [%r1];",
               "read and written by two warps", 64},
        Broken{"CopyFromOutside",
               "mov.u32 %r1, tile;\nadd.s64 %rd1, %rd30, 512;\ncp.async.cg.shared.global [%r1], [%rd1], 16;",
               "reads 16 bytes outside"},
        Broken{"BarrierMetByPartOfAWarp",
               "mov.u32 %r0, %tid.x;\nsetp.lt.u32 %p1, %r0, 8;\n@%p1 bra $L1;\nbar.sync 0;\n$L1:\nmov.u32 "
               "%r1, 1;",
               "met by some threads of a warp only"},
        Broken{"BarrierMetBySomeWarps",
               "mov.u32 %r0, %tid.x;\nsetp.lt.u32 %p1, %r0, 32;\n@%p1 bra $L1;\nbar.sync 0;\n$L1:\nmov.u32 "
               "%r1, 1;",
               "met by 1 of 2 warps", 64},
        Broken{"MatrixMetByPartOfAWarp",
               kStoreAll +
                   "setp.lt.u32 %p1, %r0, 8;\n@%p1 ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r4}, [%r1];",
               "met by some threads of a warp only"},
        Broken{"MatrixMisaligned", kStoreAll + "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r4}, [%r1+8];",
               "not at a multiple of 16"}),
    [](const auto& broken) { return broken.param.name; });

/// Lanes count up to their own number: loops of many lengths, with a way out in the middle.
TEST(Flow, JoinsWhereAllWaysMeet) {
  const std::string loop =
      "mov.u32 %r0, %tid.x;\nmov.u32 %r1, 0;\nmov.u32 %r2, 0;\n"
      "$LOOP:\nsetp.ge.u32 %p1, %r1, %r0;\n@%p1 bra $OUT;\n"
      "and.b32 %r3, %r1, 1;\nsetp.eq.s32 %p2, %r3, 0;\n@%p2 bra $EVEN;\nadd.s32 %r2, %r2, 100;\nbra.uni "
      "$NEXT;\n"
      "$EVEN:\nadd.s32 %r2, %r2, 1;\n$NEXT:\nadd.s32 %r1, %r1, 1;\nsetp.gt.u32 %p3, %r2, 700;\n@%p3 bra "
      "$OUT;\nbra $LOOP;\n"
      "$OUT:\nbar.sync 0;\ncvt.u64.u32 %rd1, %r2;\n" +
      lane_place("%rd21", "%rd31") + "st.global.u64 [%rd21], %rd1;";
  std::vector<std::uint64_t> out(64);
  run_small(small_kernel(loop), std::vector<std::uint64_t>(1), out, 64);
  for (std::uint64_t lane = 0; lane < 64; ++lane) {
    std::uint64_t expected = 0;
    for (std::uint64_t i = 0; i < lane && expected <= 700; ++i) expected += i % 2 == 0 ? 1 : 100;
    EXPECT_EQ(out[lane], expected) << lane;
  }
}

TEST(Flow, LanesMayEndEarly) {
  std::vector<std::uint64_t> out(32, 7);
  run_small(
      small_kernel("mov.u32 %r0, %tid.x;\nsetp.ge.u32 %p1, %r0, 20;\n@%p1 ret;\n" +
                   lane_place("%rd21", "%rd31") + "cvt.u64.u32 %rd1, %r0;\nst.global.u64 [%rd21], %rd1;"),
      std::vector<std::uint64_t>(1), out);
  for (std::uint64_t lane = 0; lane < 32; ++lane) EXPECT_EQ(out[lane], lane < 20 ? lane : 7);
}

TEST(Counters, CountSectorsAndConflicts) {
  std::vector<std::uint64_t> in(32 * 4), out(32);
  const auto count = [&](const std::string& statements) {
    return run_small(small_kernel(statements), in, out);
  };
  EXPECT_EQ(count(lane_place("%rd20", "%rd30") + "ld.global.u64 %rd1, [%rd20];").sectors_read,
            8U + (reinterpret_cast<std::uint64_t>(in.data()) % 32 != 0 ? 1 : 0));
  EXPECT_EQ(count(lane_place("%rd20", "%rd30", 4) + "ld.global.u64 %rd1, [%rd20];").sectors_read, 32U);
  const Counters free = count(kTile + "st.shared.u32 [%r3], %r0;");
  EXPECT_EQ(free.shared_wavefronts, 1U);
  EXPECT_EQ(free.shared_conflicts, 0U);
  const Counters conflicting = count(
      "mov.u32 %r0, %tid.x;\nmov.u32 %r1, tile;\nshl.b32 %r2, %r0, 7;\nadd.s32 %r3, %r1, %r2;\nst.shared.u32 "
      "[%r3], %r0;");
  EXPECT_EQ(conflicting.shared_wavefronts, 32U);
  EXPECT_EQ(conflicting.shared_conflicts, 31U);
}

}  // namespace
}  // namespace zsq::ptx
