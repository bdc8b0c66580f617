#define ZSQ_SET avx512_vnni
#define ZSQ_TARGET gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")

#include "runtime/cpu/avx512/words.h"
#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/tiles/loops.h"

namespace zsq::runtime::cpu {

const TileKernels& avx512_vnni_tiles() {
  static constexpr TileKernels kKernels = avx512_vnni::TileSet<Words512>::kernels();
  return kKernels;
}

}  // namespace zsq::runtime::cpu
