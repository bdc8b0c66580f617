#pragma once

#include <span>

#include "runtime/cpu/instruction_sets.h"

namespace zsq::runtime {

/// The tiles of every instruction set, with instructions that every machine has: slow, and the same bits.
/// None where SIMDe was not found.
std::span<const cpu::InstructionSet> emulated_sets();

}  // namespace zsq::runtime
