#pragma once

#include <immintrin.h>

/// Not the intrinsics: around them GCC 12 copies each sum out of its register and back. Every function is
/// inlined into one that may use the instructions.
namespace zsq::runtime::cpu {

#define ZSQ_INSTRUCTION [[gnu::always_inline, gnu::target("avx512f,avx512vnni")]] static inline

/// sum + four products of unsigned by signed bytes, in each word.
ZSQ_INSTRUCTION __m512i dpbusd(__m512i sum, __m512i x, __m512i w) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "vm"(w));
  return sum;
}

/// sum + two products of signed halves.
ZSQ_INSTRUCTION __m512i dpwssd(__m512i sum, __m512i a, __m512i b) {
  asm("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
}

#undef ZSQ_INSTRUCTION

}  // namespace zsq::runtime::cpu
