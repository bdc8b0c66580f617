#pragma once

#include "runtime/cpu/tiles/kernels.h"

/// The part of loops.h that measures what the instructions can do at the most, which includes it.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

/// One product of all lanes: of bytes into 16 bits where there is such an instruction, else into 32.
template <class Machine>
ZSQ_LOOP typename Machine::Words summed(typename Machine::Words sum, typename Machine::Words x,
                                        typename Machine::Words w) {
  if constexpr (requires { Machine::pairs; })
    return Machine::add16(sum, Machine::pairs(x, w));
  else
    return Machine::dot(sum, x, w);
}

/// Sums products as fast as registers allow, as many at once as hide how long each takes: of 16 bits, whose
/// sums wait for an addition alone, few. bytes: at most eight vectors. Returns how many products that were.
template <class Machine>
ZSQ_LOOP std::int64_t peak_rounds(const std::int8_t* bytes, std::int64_t rounds) {
  constexpr bool kIsNarrow = requires { Machine::pairs; };
  constexpr int kInputs = Machine::kLanes > 8 ? 4 : 2, kWeights = kIsNarrow ? 3 : 4;
  constexpr int kBytes = 4 * Machine::kLanes;
  typename Machine::Words sum[kInputs][kWeights], x[kInputs], w[kWeights];
#pragma GCC unroll 8
  for (int j = 0; j < kWeights; ++j) w[j] = Machine::load(bytes + j * kBytes);
#pragma GCC unroll 4
  for (int i = 0; i < kInputs; ++i) {
    x[i] = Machine::load(bytes + (kWeights + i) * kBytes);
#pragma GCC unroll 8
    for (int j = 0; j < kWeights; ++j) sum[i][j] = Machine::all(0);
  }
  for (std::int64_t round = 0; round < rounds; ++round)
#pragma GCC unroll 4
    for (int i = 0; i < kInputs; ++i) {
      if constexpr (kIsNarrow) x[i] = Machine::renewed(x[i]);  // no product is computed once for all
#pragma GCC unroll 8
      for (int j = 0; j < kWeights; ++j) sum[i][j] = summed<Machine>(sum[i][j], x[i], w[j]);
    }
  auto all = Machine::all(0);
#pragma GCC unroll 4
  for (int i = 0; i < kInputs; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < kWeights; ++j) all = Machine::add(all, sum[i][j]);
  alignas(64) std::int32_t kept[Machine::kLanes];
  typename Machine::Words one[1] = {all};
  Machine::store_wide(kept, one, Machine::kLanes);
  asm volatile("" ::"r"(kept) : "memory");  // somebody wants them
  return rounds * kInputs * kWeights * kBytes;
}

// NOLINTEND(modernize-avoid-c-arrays)

}  // namespace zsq::runtime::cpu::ZSQ_SET
