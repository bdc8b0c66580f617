#pragma once

#include <immintrin.h>

/// The emulated instructions in place of the real ones.
namespace zsq::runtime::cpu {

static inline __m512i dpbusd(__m512i sum, __m512i x, __m512i w) {
  return simde_mm512_dpbusd_epi32(sum, x, w);
}
static inline __m512i dpwssd(__m512i sum, __m512i a, __m512i b) {
  return simde_mm512_dpwssd_epi32(sum, a, b);
}

}  // namespace zsq::runtime::cpu
