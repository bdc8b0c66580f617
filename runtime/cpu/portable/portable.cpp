#define ZSQ_SET portable
#define ZSQ_TARGET gnu::hot  // nothing beyond the compiler's default

#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/portable/loops.h"

namespace zsq::runtime::cpu {

const Kernels& portable_kernels() {
  static constexpr Kernels kKernels = portable::make_kernels<16, 2>("portable");
  return kKernels;
}

}  // namespace zsq::runtime::cpu
