#pragma once

#include <span>
#include <string>
#include <string_view>

namespace zsq::report {

/// A word of the field, after Gholami et al. 2021, "A Survey of Quantization Methods for Efficient Neural
/// Network Inference", and the papers it stands on.
struct Term {
  std::string_view word, meaning, here;  // here: where zsq uses it
};

std::span<const Term> terms();

/// What `zsq help terms` prints; lines of at most 100 characters.
std::string terms_text();

}  // namespace zsq::report
