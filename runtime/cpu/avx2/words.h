#pragma once

#include <cstring>

#include <immintrin.h>

#include "runtime/arith.h"

/// What the tiles of 256 bits have in common, whatever multiplies their bytes. Every function is inlined into
/// one that may use the instructions.
namespace zsq::runtime::cpu {

#define ZSQ_INSTRUCTION [[gnu::always_inline, gnu::target("avx2")]] static inline

/// 8 lanes.
struct Words256 {
  using Words = __m256i;
  static constexpr int kLanes = 8, kVectors = 2;

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
    return all(word);
  }
  ZSQ_INSTRUCTION Words widen(const std::int8_t* from) {
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
  }
  ZSQ_INSTRUCTION Words multiply_add16(Words sum, Words a, Words b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  }

  ZSQ_INSTRUCTION void store(std::int32_t* to, Words value, std::int64_t lanes) {
    const Words lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_epi32(to, _mm256_cmpgt_epi32(all(static_cast<std::int32_t>(lanes)), lane), value);
  }
  ZSQ_INSTRUCTION void store(std::int8_t* to, Words value, Clamp clamp, std::int64_t lanes) {
    const __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
    const __m128i bytes = _mm_max_epi8(
        _mm_min_epi8(_mm_packs_epi16(halves, halves), _mm_set1_epi8(static_cast<char>(clamp.high))),
        _mm_set1_epi8(static_cast<char>(clamp.low)));
    if (lanes == kLanes) return _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
    const std::int64_t eight = _mm_cvtsi128_si64(bytes);
    std::memcpy(to, &eight, static_cast<std::size_t>(lanes));
  }
};

#undef ZSQ_INSTRUCTION

}  // namespace zsq::runtime::cpu
