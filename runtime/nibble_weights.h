#pragma once

#include <cstdint>

#include "runtime/plan.h"

/// Convolutions whose weights have at most four bits, which processors read two to a byte.
namespace zsq::runtime {

constexpr bool are_nibbles(const Kernel& kernel) { return kernel.bits <= 4; }

/// Loops that take a weight out of a byte's upper half have sixteen times its value. Whether sixteen times
/// every sum of the step's, with the half that its first shift rounds by, stays in int32.
bool fits_sixteenfold(const Plan& plan, const Conv2d& step);
bool fits_sixteenfold(const Plan& plan, const WideConv2d& step);

/// So many words of four inputs, one after another from the beginning of each run on, may be multiplied and
/// added in 16 bits, wherever inputs u = x + 2^(bits-1) lie: of the two halves of a word, each sums two
/// products. Even, at least 2 and at most 64; at 8 bits 8 always may. Requires are_nibbles(), one group, and
/// `run` to divide the values of a filter.
std::int64_t words_in_16_bits(const Kernel& kernel, int bits, std::int64_t run);

/// Values that follow each other in memory wherever a filter is laid, if no channel is padded: of a row of
/// it.
std::int64_t run_of(const Kernel& kernel);

/// Sums of 16 bits begin and end with every run: shorter ones are faster otherwise (a Zen 5, runs of 16: 0.32
/// ms for 0.30; of 24: 0.137 for 0.142).
inline constexpr std::int64_t kLeastNibbleRun = 24;

}  // namespace zsq::runtime
