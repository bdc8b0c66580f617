#pragma once

#include <vector>

#include "runtime/cuda/arguments.h"
#include "runtime/plan.h"

namespace zsq::runtime::cuda {

/// By output, padded with zeros to a multiple of `multiple`.
std::vector<Finish> finishes(const Plan& plan, const Conv2d& step, std::int64_t multiple);
std::vector<Finish> finishes(const Plan& plan, const WideConv2d& step, std::int64_t multiple);

constexpr std::int64_t up_to_multiple(std::int64_t n, std::int64_t of) { return (n + of - 1) / of * of; }

}  // namespace zsq::runtime::cuda
