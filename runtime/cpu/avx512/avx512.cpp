#define ZSQ_SET avx512
#define ZSQ_TARGET gnu::target("avx512f,avx512bw,avx512dq,avx512vl")

#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/portable/loops.h"

namespace zsq::runtime::cpu {

const Kernels& avx512_kernels() {
  static constexpr Kernels kKernels = avx512::make_kernels<64, 8>("avx512");
  return kKernels;
}

}  // namespace zsq::runtime::cpu
