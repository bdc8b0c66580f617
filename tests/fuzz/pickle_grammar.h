#pragma once

#include <string>
#include <string_view>

namespace zsq::fuzz {

/// The body of a pickle, without its header and its end, that these bytes choose: opcodes that find on the
/// stack what they take, with operands like those that PyTorch writes and like those that break sums.
std::string pickle_of(std::string_view choices);

}  // namespace zsq::fuzz
