#define ZSQ_SET avx512_vnni
#define ZSQ_TARGET gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")

#include <array>
#include <cstring>

#include <immintrin.h>

#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/tiles/loops.h"

namespace zsq::runtime::cpu {
namespace {

#define ZSQ_INSTRUCTION [[gnu::always_inline, ZSQ_TARGET]] static inline

/// 16 lanes. vpdpbusd multiplies unsigned by signed bytes, so an activation x is x + 128: its top bit turned.
struct Machine {
  using Words = __m512i;
  static constexpr int kLanes = 16, kVectors = 4, kAdded = 128;
  static constexpr std::array kPlaces{8, 8, 8, 6};  // by vectors; two dozen sums leave registers for the rest

  ZSQ_INSTRUCTION Words load(const void* from) { return _mm512_loadu_si512(from); }
  ZSQ_INSTRUCTION Words all(std::int32_t value) { return _mm512_set1_epi32(value); }
  ZSQ_INSTRUCTION Words add(Words a, Words b) { return _mm512_add_epi32(a, b); }
  ZSQ_INSTRUCTION Words shift(Words a, Words by) { return _mm512_srav_epi32(a, by); }
  ZSQ_INSTRUCTION Words multiply32(Words a, Words b) { return _mm512_mullo_epi32(a, b); }
  /// b in [0, 2^15): its upper half is zero, so that of a does not count.
  ZSQ_INSTRUCTION Words multiply16(Words a, Words b) { return _mm512_madd_epi16(a, b); }
  ZSQ_INSTRUCTION Words clamp16(Words a) {
    return _mm512_max_epi32(_mm512_min_epi32(a, all(32767)), all(-32768));
  }

  ZSQ_INSTRUCTION Words broadcast(const std::int8_t* four) {
    std::int32_t word;
    std::memcpy(&word, four, sizeof word);
    return all(word);
  }
  ZSQ_INSTRUCTION Words dot(Words sum, Words x, Words w) {
    return _mm512_dpbusd_epi32(sum, _mm512_xor_si512(x, _mm512_set1_epi8(-128)), w);
  }
  ZSQ_INSTRUCTION Words widen(const std::int8_t* from) {
    return _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  ZSQ_INSTRUCTION Words multiply_add16(Words sum, Words a, Words b) { return _mm512_dpwssd_epi32(sum, a, b); }

  ZSQ_INSTRUCTION void store(std::int32_t* to, Words value, std::int64_t lanes) {
    _mm512_mask_storeu_epi32(to, static_cast<__mmask16>((1U << lanes) - 1), value);
  }
  ZSQ_INSTRUCTION void store(std::int8_t* to, Words value, Clamp clamp, std::int64_t lanes) {
    const __m128i bytes =
        _mm_max_epi8(_mm_min_epi8(_mm512_cvtsepi32_epi8(value), _mm_set1_epi8(static_cast<char>(clamp.high))),
                     _mm_set1_epi8(static_cast<char>(clamp.low)));
    if (lanes == kLanes)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    else if (lanes == kLanes / 2)
      _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
    else
      _mm_mask_storeu_epi8(to, static_cast<__mmask16>((1U << lanes) - 1), bytes);
  }
};

#undef ZSQ_INSTRUCTION

}  // namespace

const TileKernels& avx512_vnni_tiles() {
  static constexpr TileKernels kKernels = avx512_vnni::TileSet<Machine>::kernels();
  return kKernels;
}

}  // namespace zsq::runtime::cpu
