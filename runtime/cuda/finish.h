#pragma once

#include <vector>

#include "runtime/cuda/arguments.h"
#include "runtime/plan.h"

namespace zsq::runtime::cuda {

/// By output, padded with zeros, and in which of the two forms of Finish.
struct Finishes {
  std::vector<Finish> by_output;
  bool by_upper_word = false;
};

/// Padded to a multiple of `multiple`.
Finishes finishes(const Conv2d& step, std::int64_t multiple);
Finishes finishes(const WideConv2d& step, std::int64_t multiple);

constexpr std::int64_t up_to_multiple(std::int64_t n, std::int64_t of) { return (n + of - 1) / of * of; }

}  // namespace zsq::runtime::cuda
