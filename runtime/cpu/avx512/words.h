#pragma once

#include <array>
#include <cstring>

#include <immintrin.h>

#include "runtime/arith.h"
#include "runtime/cpu/avx512/dot_products.h"

/// The tiles of 512 bits. Every function is inlined into one that may use the instructions.
namespace zsq::runtime::cpu {

#define ZSQ_INSTRUCTION \
  [[gnu::always_inline, gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]] static inline

/// 16 lanes. vpdpbusd multiplies unsigned by signed bytes, so an activation x is x + 128: its top bit turned.
struct Words512 {
  using Words = __m512i;
  static constexpr int kLanes = 16, kVectors = 4, kAdded = 128, kQuadPlaces = 2, kColumnPlaces = 4;
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
    return turned(all(word));
  }
  ZSQ_INSTRUCTION Words dot(Words sum, Words x, Words w) { return dpbusd(sum, x, w); }

  /// Sixteen times each weight: in the upper half of its byte, with zeros below.
  static constexpr bool kNibbleSumsAre16Bits = false;
  static constexpr std::array kNibblePlaces{8, 8, 8, 6};
  ZSQ_INSTRUCTION Words low_nibbles(Words packed) { return high_nibbles(_mm512_slli_epi16(packed, 4)); }
  ZSQ_INSTRUCTION Words high_nibbles(Words packed) {
    return _mm512_and_si512(packed, _mm512_set1_epi8(static_cast<char>(0xf0)));
  }
  ZSQ_INSTRUCTION Words nibble_inputs(const std::int8_t* four) { return broadcast(four); }
  ZSQ_INSTRUCTION Words nibble_sum(Words sum, Words x, Words w) { return dot(sum, x, w); }

  ZSQ_INSTRUCTION Words widen(const std::int8_t* from) {
    return _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  ZSQ_INSTRUCTION Words widen_unsigned(const std::uint8_t* from) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  ZSQ_INSTRUCTION Words multiply_add16(Words sum, Words a, Words b) { return dpwssd(sum, a, b); }

  /// To each word the values of one channel at four places.
  ZSQ_INSTRUCTION void interleave(const std::int8_t* a, const std::int8_t* b, const std::int8_t* c,
                                  const std::int8_t* d, std::int64_t channels, Words (&words)[4]) {
    const __mmask64 here = mask64(channels);
    const Words va = turned(_mm512_maskz_loadu_epi8(here, a)), vb = turned(_mm512_maskz_loadu_epi8(here, b)),
                vc = turned(_mm512_maskz_loadu_epi8(here, c)), vd = turned(_mm512_maskz_loadu_epi8(here, d));
    const Words low_ab = _mm512_unpacklo_epi8(va, vb), high_ab = _mm512_unpackhi_epi8(va, vb),
                low_cd = _mm512_unpacklo_epi8(vc, vd), high_cd = _mm512_unpackhi_epi8(vc, vd);
    words[0] = _mm512_unpacklo_epi16(low_ab, low_cd);
    words[1] = _mm512_unpackhi_epi16(low_ab, low_cd);
    words[2] = _mm512_unpacklo_epi16(high_ab, high_cd);
    words[3] = _mm512_unpackhi_epi16(high_ab, high_cd);
  }

  template <int Vectors>
  ZSQ_INSTRUCTION void store_wide(std::int32_t* to, const Words (&value)[Vectors], std::int64_t channels) {
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      _mm512_mask_storeu_epi32(to + v * kLanes, static_cast<__mmask16>(mask(channels - v * kLanes)),
                               value[v]);
  }

  /// Adding the zero point and clamping, with as few instructions as the number of whole vectors allows.
  template <int Vectors>
  ZSQ_INSTRUCTION void store_narrow(std::int8_t* to, const Words (&value)[Vectors], std::int32_t zero_point,
                                    Clamp clamp, std::int64_t channels) {
    if constexpr (Vectors == 4) {
      if (channels >= 4 * kLanes) return store_four(to, value, zero_point, clamp);
    } else if constexpr (Vectors == 2) {
      if (channels >= 2 * kLanes) return store_two(to, value, zero_point, clamp);
    }
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      store_one(to + v * kLanes, value[v], zero_point, clamp, channels - v * kLanes);
  }

  ZSQ_INSTRUCTION void store_quads(std::int8_t* to, const Words (&value)[4], std::int32_t zero_point,
                                   Clamp clamp, std::int64_t channels) {
    const Words bytes = clamped(
        _mm512_packs_epi16(halves(value[0], value[1], zero_point), halves(value[2], value[3], zero_point)),
        clamp);
    if (channels >= 4 * kLanes)
      _mm512_storeu_si512(to, bytes);
    else
      _mm512_mask_storeu_epi8(to, mask64(channels), bytes);
  }

 private:
  ZSQ_INSTRUCTION Words turned(Words bytes) { return _mm512_xor_si512(bytes, _mm512_set1_epi8(-128)); }
  ZSQ_INSTRUCTION __mmask64 mask64(std::int64_t lanes) {
    return lanes >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << lanes) - 1;
  }
  ZSQ_INSTRUCTION Words clamped(Words bytes, Clamp clamp) {
    return _mm512_max_epi8(_mm512_min_epi8(bytes, _mm512_set1_epi8(static_cast<char>(clamp.high))),
                           _mm512_set1_epi8(static_cast<char>(clamp.low)));
  }
  ZSQ_INSTRUCTION std::uint32_t mask(std::int64_t lanes) {
    return lanes >= kLanes ? 0xffffU : (1U << lanes) - 1;
  }

  /// Saturated to 16 bits the zero point can be added: what is cut off, the clamp would cut off too.
  ZSQ_INSTRUCTION Words halves(Words a, Words b, std::int32_t zero_point) {
    return _mm512_adds_epi16(_mm512_packs_epi32(a, b),
                             _mm512_set1_epi16(static_cast<std::int16_t>(zero_point)));
  }

  /// Packing works within 128 bits: of four lanes of each vector in turn, which are put in order at the end.
  ZSQ_INSTRUCTION void store_four(std::int8_t* to, const Words (&value)[4], std::int32_t zero_point,
                                  Clamp clamp) {
    const Words order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const Words bytes = _mm512_permutexvar_epi32(
        order,
        _mm512_packs_epi16(halves(value[0], value[1], zero_point), halves(value[2], value[3], zero_point)));
    _mm512_storeu_si512(to, clamped(bytes, clamp));
  }
  ZSQ_INSTRUCTION void store_two(std::int8_t* to, const Words (&value)[2], std::int32_t zero_point,
                                 Clamp clamp) {
    const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
    const __m256i bytes =
        _mm256_permutevar8x32_epi32(_mm512_cvtsepi16_epi8(halves(value[0], value[1], zero_point)), order);
    const __m256i low = _mm256_set1_epi8(static_cast<char>(clamp.low)),
                  high = _mm256_set1_epi8(static_cast<char>(clamp.high));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_max_epi8(_mm256_min_epi8(bytes, high), low));
  }
  ZSQ_INSTRUCTION void store_one(std::int8_t* to, Words value, std::int32_t zero_point, Clamp clamp,
                                 std::int64_t lanes) {
    const __m128i bytes = _mm_max_epi8(_mm_min_epi8(_mm512_cvtsepi32_epi8(add(value, all(zero_point))),
                                                    _mm_set1_epi8(static_cast<char>(clamp.high))),
                                       _mm_set1_epi8(static_cast<char>(clamp.low)));
    if (lanes >= kLanes)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    else if (lanes == kLanes / 2)
      _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
    else
      _mm_mask_storeu_epi8(to, static_cast<__mmask16>(mask(lanes)), bytes);
  }
};

#undef ZSQ_INSTRUCTION

}  // namespace zsq::runtime::cpu
