#include <array>

#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/cpu/instruction_sets.h"

namespace zsq::runtime::cpu {
namespace {

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
bool has_avx512_vnni() { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
/// The system gives a process the registers of AMX when it asks: arch_prctl(ARCH_REQ_XCOMP_PERM, XTILEDATA).
bool has_amx() {
  constexpr long kAsk = 0x1023, kTileData = 18;
  return has_avx512_vnni() && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-int8") &&
         syscall(SYS_arch_prctl, kAsk, kTileData) == 0;
}
bool has_avx2() { return __builtin_cpu_supports("avx2"); }
bool has_avx_vnni() { return has_avx2() && __builtin_cpu_supports("avxvnni"); }

}  // namespace

std::span<const InstructionSet> instruction_sets() {
  static const std::array kSets{
      InstructionSet{"amx", has_amx, &avx512_kernels(), &amx_tiles()},
      InstructionSet{"avx512-vnni", has_avx512_vnni, &avx512_kernels(), &avx512_vnni_tiles()},
      InstructionSet{"avx512", has_avx512, &avx512_kernels(), &avx2_tiles()},
      InstructionSet{"avx-vnni", has_avx_vnni, &avx2_kernels(), &avx_vnni_tiles()},
      InstructionSet{"avx2", has_avx2, &avx2_kernels(), &avx2_tiles()},
      InstructionSet{"portable", [] { return true; }, &portable_kernels()}};
  return kSets;
}

}  // namespace zsq::runtime::cpu
