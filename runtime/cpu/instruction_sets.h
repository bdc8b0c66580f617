#pragma once

#include <span>
#include <string_view>

#include "runtime/cpu/portable/kernels.h"

namespace zsq::runtime::cpu {

/// Instructions that loops are compiled for, whether or not this machine has them.
struct InstructionSet {
  std::string_view name;
  bool (*is_here)();
  const Kernels* loops;  // only for machines that have them
};

/// All that this build knows, best first, portable last: x86.cpp, or no_x86.cpp.
std::span<const InstructionSet> instruction_sets();

const Kernels& portable_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

}  // namespace zsq::runtime::cpu
