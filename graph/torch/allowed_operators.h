#pragma once

#include <string_view>

namespace zsq::torchscript {

/// Whether a program that comes from outside may run that operator, given as "aten::conv2d": only what
/// computes tensors, sizes and the like from its arguments. What touches files, prints, draws random numbers,
/// changes LibTorch's settings, talks to other processes or reads memory without looking at its bounds is
/// not, nor is whatever this list has never heard of.
bool is_allowed(std::string_view qualified_name);

}  // namespace zsq::torchscript
