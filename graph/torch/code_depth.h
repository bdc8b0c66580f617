#pragma once

#include <string_view>

namespace zsq::torchscript {

/// Whether LibTorch's parser, which calls itself for every bracket, operator, indented block and elif that is
/// open, gets by with an ordinary stack on this code. What a network's code has is far below the limits.
bool is_shallow(std::string_view code);

}  // namespace zsq::torchscript
