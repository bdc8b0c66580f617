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

}  // namespace

std::span<const InstructionSet> instruction_sets() {
  static const std::array kSets{
      InstructionSet{"avx512-vnni", has_avx512_vnni, &avx512_kernels(), &avx512_vnni_tiles()},
      InstructionSet{"avx512", has_avx512, &avx512_kernels()},
      InstructionSet{"avx2", has_avx2, &avx2_kernels()},
      InstructionSet{"portable", [] { return true; }, &portable_kernels()}};
  return kSets;
}

}  // namespace zsq::runtime::cpu
