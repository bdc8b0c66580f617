#include "runtime/cpu/x86.h"

namespace zsq::runtime::cpu {

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> found;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    found.push_back(&avx512_kernels());
  if (__builtin_cpu_supports("avx2")) found.push_back(&avx2_kernels());
  found.push_back(&portable_kernels());
  return found;
}

}  // namespace zsq::runtime::cpu
