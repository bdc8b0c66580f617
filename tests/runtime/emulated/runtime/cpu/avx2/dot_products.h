#pragma once

#include <immintrin.h>

/// The emulated instruction in place of the real one.
namespace zsq::runtime::cpu {

static inline __m256i dpbusd(__m256i sum, __m256i x, __m256i w) {
  return simde_mm256_dpbusd_epi32(sum, x, w);
}

static inline __m256i add_pairs(__m256i sum, __m256i x, __m256i w) {
  return _mm256_add_epi16(sum, _mm256_maddubs_epi16(x, w));
}

static inline __m256i forgotten(__m256i value) { return value; }

}  // namespace zsq::runtime::cpu
