#define ZSQ_SET avx512
#define ZSQ_TARGET gnu::target("avx512f,avx512bw,avx512dq,avx512vl")

#include "runtime/cpu/loops.h"
#include "runtime/cpu/x86.h"

namespace zsq::runtime::cpu {

const Kernels& avx512_kernels() {
  static constexpr Kernels kKernels = avx512::make_kernels<64, 8>("avx512");
  return kKernels;
}

}  // namespace zsq::runtime::cpu
