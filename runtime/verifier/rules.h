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

void check_clamp(Clamp clamp, const Slot& out);

/// v is a value of a signed integer of that many bits.
void check_value(std::int32_t v, int bits, const char* what);

/// For steps that move values: these mean the same on both sides.
void check_same_meaning(const Slot& in, const Slot& out);

void check_rescale(Rescale r, int least_multiplier = 1 << 14);

/// Extents are positive and within limits.h.
void check_window(const Window& window);

}  // namespace zsq::runtime
