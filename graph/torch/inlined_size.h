#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace zsq::torchscript {

/// Throws Error (Fault::unsupported) where a graph would be far too large once every call in it is replaced
/// by what it calls: a few functions that each call the next one twice are a bomb.
void check_inlined_size(const torch::jit::Graph& graph);

}  // namespace zsq::torchscript
