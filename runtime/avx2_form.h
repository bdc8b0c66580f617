#pragma once

#include <optional>
#include <string>

#include "runtime/narrow_sums.h"
#include "runtime/plan.h"

namespace zsq::runtime {

/// How AVX2, which multiplies bytes into sums of 16 bits that saturate, computes a convolution of one group,
/// as the plan's own weights prove.
struct Avx2Form {
  bool is_narrow = false;  // sums of several products in 16 bits; else all sums have 32
  NarrowCost cost;         // of all words, or of the first few where that decides
  std::string why;
};

/// The fewest places of an image for which narrow sums, which read more weights, are worth it.
inline constexpr std::int64_t kLeastNarrowPlaces = 8;

/// None for other steps. Throws Error (Fault::verification) where a sum cannot be proven.
std::optional<Avx2Form> avx2_form(const Plan& plan, const Step& step);

}  // namespace zsq::runtime
