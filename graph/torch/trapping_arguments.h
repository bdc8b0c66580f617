#pragma once

#include <string_view>
#include <vector>

#include <ATen/core/ivalue.h>

namespace zsq::torchscript {

/// Whether an operator, given as "aten::floordiv", would end the process by a signal for these arguments:
/// LibTorch divides the smallest integer by -1, and distances by steps of 0, as the processor does, and reads
/// as many norms of weights as there should be.
bool would_trap(std::string_view op, const std::vector<c10::IValue>& arguments);

}  // namespace zsq::torchscript
