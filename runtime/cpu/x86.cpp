#include <array>

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/cpu/instruction_sets.h"

namespace zsq::runtime::cpu {
namespace {

enum class Register { eax, edx };

/// A bit of CPUID's leaf 7: of what some compilers' __builtin_cpu_supports does not know.
bool has_bit(unsigned subleaf, Register in, unsigned bit) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, subleaf, &a, &b, &c, &d) != 0 &&
         (((in == Register::eax ? a : d) >> bit) & 1U) != 0;
}

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
bool has_avx512_vnni() { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
/// The system gives a process the registers of AMX when it asks: arch_prctl(ARCH_REQ_XCOMP_PERM, XTILEDATA).
bool has_amx() {
  constexpr long kAsk = 0x1023, kTileData = 18;
  return has_avx512_vnni() && has_bit(0, Register::edx, 24) && has_bit(0, Register::edx, 25) &&
         syscall(SYS_arch_prctl, kAsk, kTileData) == 0;
}
bool has_avx2() { return __builtin_cpu_supports("avx2"); }
bool has_avx_vnni() { return has_avx2() && has_bit(1, Register::eax, 4); }

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
