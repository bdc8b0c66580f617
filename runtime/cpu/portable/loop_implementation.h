#pragma once

#include "runtime/cpu/implementation.h"
#include "runtime/cpu/portable/kernels.h"

namespace zsq::runtime::cpu {

/// The loops of loops.h as they are compiled for one instruction set: patches of 32 bits times weights of 32
/// bits, one step a stage, of any layout. It has the name of the set and leaves rare steps to those behind
/// it.
std::unique_ptr<Implementation> make_loop_implementation(const Kernels& loops);

}  // namespace zsq::runtime::cpu
