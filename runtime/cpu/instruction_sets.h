#pragma once

#include <span>
#include <string_view>

#include "runtime/cpu/portable/kernels.h"
#include "runtime/cpu/tiles/kernels.h"

namespace zsq::runtime::cpu {

/// Instructions that loops are compiled for, whether or not this machine has them.
struct InstructionSet {
  std::string_view name;
  bool (*is_here)();
  const Kernels* loops;                // only for machines that have them
  const TileKernels* tiles = nullptr;  // that too, or null: then the loops do their work
};

/// All that this build knows, best first, portable last: x86.cpp, or no_x86.cpp.
std::span<const InstructionSet> instruction_sets();

const Kernels& portable_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();
const TileKernels& avx2_tiles();
const TileKernels& avx_vnni_tiles();
const TileKernels& avx512_vnni_tiles();
const TileKernels& amx_tiles();

}  // namespace zsq::runtime::cpu
