#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include <immintrin.h>

#include "runtime/arith.h"

/// What the tiles of 256 bits have in common, whatever multiplies their bytes. Every function is inlined into
/// one that may use the instructions.
namespace zsq::runtime::cpu {

#define ZSQ_INSTRUCTION [[gnu::always_inline, gnu::target("avx2")]] static inline

/// 8 lanes. Signs says what the machine that derives from it does to activations before it multiplies them.
enum class Signs { kept, turned };  // the top bit, which adds 128
template <Signs signs>
struct Words256 {
  using Words = __m256i;
  static constexpr int kLanes = 8, kVectors = 2, kQuadPlaces = 1, kColumnPlaces = 2;

  ZSQ_INSTRUCTION Words load(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
  }
  ZSQ_INSTRUCTION Words all(std::int32_t value) { return _mm256_set1_epi32(value); }
  ZSQ_INSTRUCTION Words add(Words a, Words b) { return _mm256_add_epi32(a, b); }
  ZSQ_INSTRUCTION Words shift(Words a, Words by) { return _mm256_srav_epi32(a, by); }
  ZSQ_INSTRUCTION Words multiply32(Words a, Words b) { return _mm256_mullo_epi32(a, b); }
  /// b in [0, 2^15): its upper half is zero, so that of a does not count.
  ZSQ_INSTRUCTION Words multiply16(Words a, Words b) { return _mm256_madd_epi16(a, b); }
  ZSQ_INSTRUCTION Words clamp16(Words a) {
    return _mm256_max_epi32(_mm256_min_epi32(a, all(32767)), all(-32768));
  }

  ZSQ_INSTRUCTION Words broadcast(const std::int8_t* four) {
    std::int32_t word;
    std::memcpy(&word, four, sizeof word);
    return activations(all(word));
  }
  ZSQ_INSTRUCTION Words widen(const std::int8_t* from) {
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
  }
  ZSQ_INSTRUCTION Words widen_unsigned(const std::uint8_t* from) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
  }
  ZSQ_INSTRUCTION Words multiply_add16(Words sum, Words a, Words b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  }

  /// To each word the values of one channel at four places. Reads whole vectors.
  ZSQ_INSTRUCTION void interleave(const std::int8_t* a, const std::int8_t* b, const std::int8_t* c,
                                  const std::int8_t* d, std::int64_t, Words (&words)[4]) {
    const Words va = activations(load(a)), vb = activations(load(b)), vc = activations(load(c)),
                vd = activations(load(d));
    const Words low_ab = _mm256_unpacklo_epi8(va, vb), high_ab = _mm256_unpackhi_epi8(va, vb),
                low_cd = _mm256_unpacklo_epi8(vc, vd), high_cd = _mm256_unpackhi_epi8(vc, vd);
    words[0] = _mm256_unpacklo_epi16(low_ab, low_cd);
    words[1] = _mm256_unpackhi_epi16(low_ab, low_cd);
    words[2] = _mm256_unpacklo_epi16(high_ab, high_cd);
    words[3] = _mm256_unpackhi_epi16(high_ab, high_cd);
  }

  template <int Vectors>
  ZSQ_INSTRUCTION void store_wide(std::int32_t* to, const Words (&value)[Vectors], std::int64_t channels) {
    const Words lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      const auto lanes = static_cast<std::int32_t>(std::min<std::int64_t>(channels - v * kLanes, kLanes));
      _mm256_maskstore_epi32(to + v * kLanes, _mm256_cmpgt_epi32(all(lanes), lane), value[v]);
    }
  }

  /// Adding the zero point and clamping.
  template <int Vectors>
  ZSQ_INSTRUCTION void store_narrow(std::int8_t* to, const Words (&value)[Vectors], std::int32_t zero_point,
                                    Clamp clamp, std::int64_t channels) {
    static_assert(Vectors <= 2);
    // Packing works within 128 bits: of four lanes of each vector in turn, which are put in order.
    const Words packed = _mm256_packs_epi32(value[0], value[Vectors - 1]);
    const Words ordered = _mm256_permute4x64_epi64(packed, 0xd8);
    // Saturated to 16 bits the zero point can be added: what is cut off, the clamp would cut off too.
    const Words halves = _mm256_adds_epi16(ordered, _mm256_set1_epi16(static_cast<std::int16_t>(zero_point)));
    const __m128i eights =
        _mm_packs_epi16(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    const __m128i bytes = _mm_max_epi8(_mm_min_epi8(eights, _mm_set1_epi8(static_cast<char>(clamp.high))),
                                       _mm_set1_epi8(static_cast<char>(clamp.low)));
    if (Vectors == 2 && channels >= 2 * kLanes)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    else if (channels == kLanes)
      _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
    else
      store_some(to, bytes, std::min<std::int64_t>(channels, Vectors * kLanes));
  }

  ZSQ_INSTRUCTION void store_quads(std::int8_t* to, const Words (&value)[4], std::int32_t zero_point,
                                   Clamp clamp, std::int64_t channels) {
    const Words zero = _mm256_set1_epi16(static_cast<std::int16_t>(zero_point));
    const Words packed = _mm256_packs_epi16(_mm256_adds_epi16(_mm256_packs_epi32(value[0], value[1]), zero),
                                            _mm256_adds_epi16(_mm256_packs_epi32(value[2], value[3]), zero));
    const Words bytes =
        _mm256_max_epi8(_mm256_min_epi8(packed, _mm256_set1_epi8(static_cast<char>(clamp.high))),
                        _mm256_set1_epi8(static_cast<char>(clamp.low)));
    if (channels >= 4 * kLanes) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
    store_some(to, _mm256_castsi256_si128(bytes), std::min<std::int64_t>(channels, 16));
    if (channels > 16) store_some(to + 16, _mm256_extracti128_si256(bytes, 1), channels - 16);
  }

 private:
  ZSQ_INSTRUCTION Words activations(Words bytes) {
    return signs == Signs::kept ? bytes : _mm256_xor_si256(bytes, _mm256_set1_epi8(-128));
  }
  ZSQ_INSTRUCTION void store_some(std::int8_t* to, __m128i bytes, std::int64_t count) {
    alignas(16) std::array<std::int8_t, 16> all_of;
    _mm_store_si128(reinterpret_cast<__m128i*>(all_of.data()), bytes);
    std::memcpy(to, all_of.data(), static_cast<std::size_t>(count));
  }
};

#undef ZSQ_INSTRUCTION

}  // namespace zsq::runtime::cpu
