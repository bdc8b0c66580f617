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

  /// Sixteen times each weight: in the upper half of its byte, with zeros below.
  static constexpr bool kNibbleSumsAre16Bits = false;
  static constexpr std::array kNibblePlaces{8, 5};
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words low_nibbles(Words packed) {
    return high_nibbles(_mm256_slli_epi16(packed, 4));
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words high_nibbles(Words packed) {
    return _mm256_and_si256(packed, _mm256_set1_epi8(static_cast<char>(0xf0)));
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words nibble_inputs(const std::int8_t* four) {
    return broadcast(four);
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words nibble_sum(Words sum, Words x, Words w) {
    return dot(sum, x, w);
  }
};

}  // namespace

const TileKernels& avx_vnni_tiles() {
  static constexpr TileKernels kKernels = avx_vnni::TileSet<Machine>::kernels();
  return kKernels;
}

}  // namespace zsq::runtime::cpu
