#include "tests/runtime/emulated/sets.h"

#include <array>

namespace zsq::runtime {
namespace cpu {

const TileKernels& emulated_amx_tiles();
const TileKernels& emulated_avx2_tiles();
const TileKernels& emulated_avx_vnni_tiles();
const TileKernels& emulated_avx512_vnni_tiles();

}  // namespace cpu

std::span<const cpu::InstructionSet> emulated_sets() {
  constexpr auto kHere = [] { return true; };
  using cpu::InstructionSet;
  static const std::array kSets{
      InstructionSet{"amx", kHere, &cpu::portable_kernels(), &cpu::emulated_amx_tiles()},
      InstructionSet{"avx512-vnni", kHere, &cpu::portable_kernels(), &cpu::emulated_avx512_vnni_tiles()},
      InstructionSet{"avx-vnni", kHere, &cpu::portable_kernels(), &cpu::emulated_avx_vnni_tiles()},
      InstructionSet{"avx2", kHere, &cpu::portable_kernels(), &cpu::emulated_avx2_tiles()}};
  return kSets;
}

}  // namespace zsq::runtime
