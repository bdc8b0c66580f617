#pragma once

#include <cstdint>
#include <span>

#include "runtime/plan.h"

/// The interval proof that no 32-bit intermediate of a step can overflow, whatever the image. All bounds are
/// on absolute values and computed in 64 bits. Each function throws Error (Fault::verification) where the
/// proof fails.
namespace zsq::runtime {

/// The largest |x| and the largest |x - zero_point| a value of the slot can have.
std::int64_t magnitude(const Slot& slot);
std::int64_t centred_magnitude(const Slot& slot);

/// For each output of the kernel, the largest |acc|: |bias| + sum |w| * largest |x|. It holds for every
/// partial sum in any order too. Padding is the input's zero point, so it is one of its values.
std::vector<std::int64_t> accumulator_bounds(const Kernel& kernel, const Slot& in);

/// The first rounding: |acc| + 2^(shift-1) < 2^31.
void prove_rounding(std::int64_t acc_bound, int shift);

/// Both roundings of a rescale; `beside` bounds what a residual adds between them.
void prove_rescale(std::int64_t acc_bound, Rescale rescale, std::int64_t beside = 0);

/// A logit: also that the 16-bit middle never saturates.
void prove_logit(std::int64_t acc_bound, int shift, std::int64_t multiplier);

/// Every pixel value: p * multiplier and its sum with the offset.
void prove_pixel(std::int64_t multiplier, std::int64_t offset);

/// |v| < 2^31 for what `v` is the bound of.
void prove_fits(std::int64_t bound, const char* what);

}  // namespace zsq::runtime
