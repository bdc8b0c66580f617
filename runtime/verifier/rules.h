#pragma once

#include "graph/check.h"
#include "runtime/plan.h"

/// Rules that several steps share. Each throws Error (Fault::verification) where it is broken.
namespace zsq::runtime {

void need(bool ok, const auto&... parts) { check(ok, Fault::verification, parts...); }

/// A vector of parameters has one for each of `wanted` things.
void check_count(std::size_t count, std::int64_t wanted, const char* what);

/// The slot has room for what the step makes.
void check_output(const Slot& out, const Shape& made);

/// The slot holds what the step computes with: int8 or int32.
void check_narrow(const Slot& slot);
void check_wide(const Slot& slot);

void check_clamp(Clamp clamp, const Slot& out);

/// v is a value of a signed integer of that many bits.
void check_value(std::int32_t v, int bits, const char* what);

/// For steps that move values: these mean the same on both sides.
void check_same_meaning(const Slot& in, const Slot& out);

void check_rescale(Rescale r, int least_multiplier = 1 << 14);

/// That of a first rounding.
void check_shift(int shift);

/// Extents are positive and within limits.h.
void check_window(const Window& window);

/// What upsampling by a factor makes of an image. Throws unless the factor is positive and small enough for
/// every product in the proofs.
Shape upsampled(const Shape& in, Size2 factor);
void check_factor(Size2 factor);

}  // namespace zsq::runtime
