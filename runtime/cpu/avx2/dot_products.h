#pragma once

#include <immintrin.h>

namespace zsq::runtime::cpu {

/// sum + four products of unsigned by signed bytes, in each word. Not the intrinsic: around it GCC 12 copies
/// each sum out of its register and back. It is inlined into functions that may use the instruction.
[[gnu::always_inline, gnu::target("avx2,avxvnni")]] static inline __m256i dpbusd(__m256i sum, __m256i x,
                                                                                 __m256i w) {
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(x), "xm"(w));
  return sum;
}

/// sum + both products of unsigned by signed bytes, in each half. As above: GCC adds products to each other
/// first, and then has too few registers for them.
[[gnu::always_inline, gnu::target("avx2")]] static inline __m256i add_pairs(__m256i sum, __m256i x,
                                                                            __m256i w) {
  __m256i pairs = _mm256_maddubs_epi16(x, w);
  asm("vpaddw %1, %0, %0" : "+x"(sum) : "x"(pairs));
  return sum;
}

/// The same value, of which the compiler knows nothing any more.
[[gnu::always_inline, gnu::target("avx2")]] static inline __m256i forgotten(__m256i value) {
  asm volatile("" : "+x"(value));
  return value;
}

}  // namespace zsq::runtime::cpu
