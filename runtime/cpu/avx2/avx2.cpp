#define ZSQ_SET avx2
#define ZSQ_TARGET gnu::target("avx2")

#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/portable/loops.h"

namespace zsq::runtime::cpu {

const Kernels& avx2_kernels() {
  static constexpr Kernels kKernels = avx2::make_kernels<32, 4>("avx2");
  return kKernels;
}

}  // namespace zsq::runtime::cpu
