#pragma once

#include "runtime/cpu/implementation.h"
#include "runtime/cpu/instruction_sets.h"

namespace zsq::runtime::cpu {

/// The loops that are compiled for one instruction set, one step a stage, of any layout: tiles for
/// convolutions where the set has them, and otherwise patches of 32 bits times weights of 32 bits. It has the
/// name of the set and leaves rare steps to those behind it.
std::unique_ptr<Implementation> make_loop_implementation(const InstructionSet& set);

}  // namespace zsq::runtime::cpu
