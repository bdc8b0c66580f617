#include <array>

#include "runtime/cpu/instruction_sets.h"

namespace zsq::runtime::cpu {
namespace {

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
bool has_avx512_vnni() { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
bool has_avx2() { return __builtin_cpu_supports("avx2"); }
bool has_avx_vnni() { return has_avx2() && __builtin_cpu_supports("avxvnni"); }

}  // namespace

std::span<const InstructionSet> instruction_sets() {
  static const std::array kSets{
      InstructionSet{"avx512-vnni", has_avx512_vnni, &avx512_kernels(), &avx512_vnni_tiles()},
      InstructionSet{"avx512", has_avx512, &avx512_kernels(), &avx2_tiles()},
      InstructionSet{"avx-vnni", has_avx_vnni, &avx2_kernels(), &avx_vnni_tiles()},
      InstructionSet{"avx2", has_avx2, &avx2_kernels(), &avx2_tiles()},
      InstructionSet{"portable", [] { return true; }, &portable_kernels()}};
  return kSets;
}

}  // namespace zsq::runtime::cpu
