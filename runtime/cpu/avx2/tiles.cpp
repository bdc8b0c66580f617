#define ZSQ_SET avx2_tiled
#define ZSQ_TARGET gnu::target("avx2")

#include <array>

#include "runtime/cpu/avx2/dot_products.h"
#include "runtime/cpu/avx2/words.h"
#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/tiles/loops.h"

namespace zsq::runtime::cpu {
namespace {

/// Values and weights of 16 bits: twice the bytes, and two multiplications where the exact form of bytes has
/// three.
struct HalfMachine : Words256<Signs::kept> {
  static constexpr int kAdded = 0;
  static constexpr std::array kPlaces{8, 5};  // by vectors

  [[gnu::always_inline, ZSQ_TARGET]] static inline Words dot(Words sum, Words x, Words w) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w));
  }
};

/// Sums of 16 bits in each half, of x + 128 times weights that are proven not to leave them.
struct LightMachine : Words256<Signs::turned> {
  static constexpr int kAdded = 128;

  [[gnu::always_inline, ZSQ_TARGET]] static inline Words dot(Words halves, Words u, Words w) {
    return add_pairs(halves, u, w);
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words joined_from(Words start, Words halves) {
    return _mm256_add_epi32(start, _mm256_madd_epi16(halves, _mm256_set1_epi16(1)));
  }
};

/// vpmaddubsw multiplies unsigned by signed bytes and saturates the sum of two products to 16 bits. Of |x|
/// and of w with the sign of x none can: weights lie in [-127, 127], and 2 * 128 * 127 < 2^15.
struct Machine : Words256<Signs::kept> {
  using Halves = HalfMachine;
  using Light = LightMachine;
  static constexpr int kAdded = 0;
  static constexpr std::array kPlaces{4, 4};  // by vectors; of 16 registers, |x|, signs and ones need some

  [[gnu::always_inline, ZSQ_TARGET]] static inline Words dot(Words sum, Words x, Words w) {
    const Words pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(x), _mm256_sign_epi8(w, x));
    return _mm256_add_epi32(sum, joined(pairs));
  }

  [[gnu::always_inline, ZSQ_TARGET]] static inline Words four(const std::int8_t* from) {
    std::int32_t word;
    std::memcpy(&word, from, sizeof word);
    return all(word);
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words pairs(Words u, Words w) {
    return _mm256_maddubs_epi16(u, w);
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words renewed(Words value) { return forgotten(value); }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words add16(Words a, Words b) {
    return _mm256_add_epi16(a, b);
  }
  /// Each weight itself: half a byte holds 8 more.
  static constexpr bool kNibbleSumsAre16Bits = true;
  static constexpr std::array kNibblePlaces{6, 5};
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words low_nibbles(Words packed) {
    return _mm256_sub_epi8(_mm256_and_si256(packed, _mm256_set1_epi8(15)), _mm256_set1_epi8(8));
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words high_nibbles(Words packed) {
    return low_nibbles(_mm256_srli_epi16(packed, 4));
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words nibble_inputs(const std::int8_t* from) {
    return four(from);
  }
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words nibble_sum(Words halves, Words u, Words w) {
    return add_pairs(halves, u, w);
  }
  /// The sum of both halves of each word.
  [[gnu::always_inline, ZSQ_TARGET]] static inline Words joined(Words halves) {
    return _mm256_madd_epi16(halves, _mm256_set1_epi16(1));
  }
};

}  // namespace

const TileKernels& avx2_tiles() {
  static constexpr TileKernels kKernels = avx2_tiled::TileSet<Machine>::kernels();
  return kKernels;
}

}  // namespace zsq::runtime::cpu
