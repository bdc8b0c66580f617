#pragma once

#include <cstdint>

namespace zsq {

/// Bytes of memory that this machine has, used or not.
std::uint64_t memory_of_machine();

}  // namespace zsq
