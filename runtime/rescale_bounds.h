#pragma once

#include <cstdint>

#include "runtime/arith.h"
#include "runtime/slot.h"

/// How far the parts of a rescale can reach, for who chooses its factors and for who proves them. In 64 bits,
/// of accumulators of at most `acc_bound` in amount, whose rounding fits an int32.
namespace zsq::runtime {

/// What a fused residual can add before the second rounding; from no residual, nothing.
struct Beside {
  std::int64_t low = 0, high = 0;  // low <= 0 <= high
};

/// Of every value of the (narrow) slot; see residual_term(). shift in [0, 32].
Beside residual_reach(const Slot& in, std::int64_t multiplier, int shift);

/// The largest |middle * multiplier + residual| with what rounds it, wherever the middle saturates: it must
/// stay below 2^31.
std::int64_t sum_bound(std::int64_t acc_bound, Rescale rescale, Beside beside);

/// Whether the clamp would have cut off all that the saturated middle cuts off: at either of its ends, either
/// no accumulator gets there, or the sum with the most opposing residual is still at or beyond the clamp's
/// end. `out`: the clamp, less the output's zero point.
bool middle_suffices(std::int64_t acc_bound, Rescale rescale, Beside beside, Clamp out);

}  // namespace zsq::runtime
