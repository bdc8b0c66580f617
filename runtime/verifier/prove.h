#pragma once

#include <cstdint>

#include "runtime/rescale_bounds.h"

/// The interval proof that no 32-bit intermediate of a step can overflow, whatever the image. All bounds are
/// on absolute values and computed in 64 bits. Each function throws Error (Fault::verification) where the
/// proof fails.
namespace zsq::runtime {

/// |v| < 2^31 for what `v` is the bound of.
void prove_fits(std::int64_t bound, const char* what);

/// shift_round: |v| + 2^(shift-1) < 2^31. Returns the bound of the result.
std::int64_t prove_rounding(std::int64_t bound, int shift);

/// Both roundings of a rescale; `beside` is what a residual adds between them.
void prove_rescale(std::int64_t acc_bound, Rescale rescale, Beside beside = {});

/// Also that the 16-bit middle cuts off nothing that `out`, the clamp less the output's zero point, keeps.
void prove_middle(std::int64_t acc_bound, Rescale rescale, Beside beside, Clamp out);

/// to_wide: also that the 16-bit middle never saturates. Returns the bound of the wide value.
std::int64_t prove_to_wide(std::int64_t acc_bound, int shift, std::int64_t multiplier);

/// Every pixel value: p * multiplier and its sum with the offset.
void prove_pixel(std::int64_t multiplier, std::int64_t offset);

}  // namespace zsq::runtime
