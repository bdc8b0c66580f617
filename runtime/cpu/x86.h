#pragma once

#include "runtime/cpu/kernels.h"

namespace zsq::runtime::cpu {

// Only for machines that have them.
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

}  // namespace zsq::runtime::cpu
