// ldmatrix and mma.
#include "tests/ptx/lanes.h"
#include "tests/ptx/memory.h"

namespace zsq::ptx {
namespace {

void need_all_lanes(const Warp& w) {
  if (w.mask != kAllLanes) throw Violation("the instruction is met by some threads of a warp only");
}

/// `count` matrices of 8 rows of 16 bytes; lane 8 * i + r has the address of row r of matrix i, and gets
/// bytes 4 * (lane % 4) of row lane / 4 of each.
template <std::size_t count>
void load_matrices(const Instruction& in, Warp& w) {
  need_all_lanes(w);
  w.need(in.operands[count]);
  const auto* addresses = w.lanes<std::uint32_t>(in.operands[count]);
  if (w.block->counts_memory) count_wavefronts(w, addresses, {in.offset, 16, false});
  std::array<std::array<std::uint32_t, 4>, 8 * count> rows{};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto at = static_cast<std::uint64_t>(addresses[r] + in.offset);
    if (at % 16 != 0) throw Violation("a row of a matrix is not at a multiple of 16");
    w.block->shared.read(at, 16, w.index, rows[r].data());
  }
  for (std::size_t i = 0; i < count; ++i) {
    auto* to = w.lanes<std::uint32_t>(in.operands[i]);
    for (std::size_t lane = 0; lane < kLanes; ++lane) to[lane] = rows[8 * i + lane / 4][lane % 4];
    w.define(in.operands[i]);
  }
}

std::int16_t byte_of(std::uint32_t word, std::size_t i) { return static_cast<std::int8_t>(word >> (8 * i)); }

/// d = a * b + c; a is 16 x 32, b 32 x 8, the sums wrap.
void multiply(const Instruction& in, Warp& w) {
  need_all_lanes(w);
  for (std::size_t i = 4; i < 14; ++i) w.need(in.operands[i]);
  ++w.block->counters.mma;
  alignas(64) std::int16_t a[16][32], b[8][32];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::size_t group = lane / 4, k = lane % 4 * 4;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        a[group + i % 2 * 8][k + i / 2 * 16 + j] =
            byte_of(w.lanes<std::uint32_t>(in.operands[4 + i])[lane], j);
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        b[group][k + i * 16 + j] = byte_of(w.lanes<std::uint32_t>(in.operands[8 + i])[lane], j);
  }
  std::uint32_t d[16][8];
  for (std::size_t row = 0; row < 16; ++row)
    for (std::size_t column = 0; column < 8; ++column) {
      std::int32_t sum = 0;
      for (std::size_t k = 0; k < 32; ++k) sum += std::int32_t{a[row][k]} * std::int32_t{b[column][k]};
      d[row][column] = static_cast<std::uint32_t>(sum);
    }
  for (std::size_t i = 0; i < 4; ++i) {
    const auto* c = w.lanes<std::uint32_t>(in.operands[10 + i]);
    auto* to = w.lanes<std::uint32_t>(in.operands[i]);
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      to[lane] = c[lane] + d[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
    w.define(in.operands[i]);
  }
}

}  // namespace

void add_matrix(std::vector<Opcode>& all) {
  all.push_back({"ldmatrix.sync.aligned.m8n8.x1.shared.b16", {32}, {32}, load_matrices<1>});
  all.push_back({"ldmatrix.sync.aligned.m8n8.x2.shared.b16", {32, 32}, {32}, load_matrices<2>});
  all.push_back({"ldmatrix.sync.aligned.m8n8.x4.shared.b16", {32, 32, 32, 32}, {32}, load_matrices<4>});
  all.push_back({"mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32",
                 {32, 32, 32, 32},
                 {32, 32, 32, 32, 32, 32, 32, 32, 32, 32},
                 multiply});
}

}  // namespace zsq::ptx
