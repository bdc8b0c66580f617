#define ZSQ_SET avx_vnni
#define ZSQ_TARGET gnu::target("avx2,avxvnni")

#include <array>

#include "runtime/cpu/avx2/dot_products.h"
#include "runtime/cpu/avx2/words.h"
#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/tiles/loops.h"

namespace zsq::runtime::cpu {
namespace {

/// vpdpbusd multiplies unsigned by signed bytes, so an activation x is x + 128: its top bit turned.
struct Machine : Words256<Signs::turned> {
  static constexpr int kAdded = 128;
  static constexpr std::array kPlaces{8, 6};  // by vectors; there are 16 registers

  [[gnu::always_inline, ZSQ_TARGET]] static inline Words dot(Words sum, Words x, Words w) {
    return dpbusd(sum, x, w);
  }
};

}  // namespace

const TileKernels& avx_vnni_tiles() {
  static constexpr TileKernels kKernels = avx_vnni::TileSet<Machine>::kernels();
  return kKernels;
}

}  // namespace zsq::runtime::cpu
