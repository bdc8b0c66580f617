#pragma once

/// The instructions of x86 in plain C, under the names that their sources use: found in front of the
/// compiler's own header. SSE2, which every x86-64 has, stays what it is.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx2.h>
#include <simde/x86/avx512.h>

// What SIMDe 0.7.4 lacks, written from Intel's manual.
using __mmask16 = std::uint16_t;
using __mmask64 = std::uint64_t;

namespace zsq::emulated {

/// A vector as the values in it, and back.
template <class Value, class Vector>
std::array<Value, sizeof(Vector) / sizeof(Value)> values(const Vector& vector) {
  std::array<Value, sizeof(Vector) / sizeof(Value)> all;
  std::memcpy(all.data(), &vector, sizeof vector);
  return all;
}
template <class Vector, class Values>
Vector vector(const Values& all) {
  static_assert(sizeof(Vector) == sizeof(Values));
  Vector v;
  std::memcpy(&v, all.data(), sizeof v);
  return v;
}

template <class Narrow>
__m512i widened(__m128i from) {
  std::array<std::int32_t, 16> wide;
  std::ranges::copy(values<Narrow>(from), wide.begin());
  return vector<__m512i>(wide);
}

template <class Value, class Vector>
void store_some(void* to, std::uint64_t mask, const Vector& from) {
  const auto all = values<Value>(from);
  for (std::size_t i = 0; i < all.size(); ++i)
    if ((mask >> i & 1) != 0) std::memcpy(static_cast<Value*>(to) + i, &all[i], sizeof(Value));
}

}  // namespace zsq::emulated

inline __m512i _mm512_srav_epi32(__m512i a, __m512i by) {
  auto values = zsq::emulated::values<std::int32_t>(a);
  const auto shift = zsq::emulated::values<std::uint32_t>(by);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] >>= std::min(shift[i], 31U);
  return zsq::emulated::vector<__m512i>(values);
}

#undef _mm512_madd_epi16  // an alias of another function
inline __m512i _mm512_madd_epi16(__m512i a, __m512i b) {
  const auto x = zsq::emulated::values<std::int16_t>(a), y = zsq::emulated::values<std::int16_t>(b);
  std::array<std::uint32_t, 16> sums{};
  for (std::size_t i = 0; i < x.size(); ++i) sums[i / 2] += static_cast<std::uint32_t>(x[i] * y[i]);
  return zsq::emulated::vector<__m512i>(sums);
}

inline __m512i _mm512_cvtepi8_epi32(__m128i from) { return zsq::emulated::widened<std::int8_t>(from); }
inline __m512i _mm512_cvtepu8_epi32(__m128i from) { return zsq::emulated::widened<std::uint8_t>(from); }

/// Reads nothing where the mask is 0.
inline __m512i _mm512_maskz_loadu_epi8(__mmask64 mask, const void* from) {
  std::array<std::int8_t, 64> values{};
  for (std::size_t i = 0; i < values.size(); ++i)
    if ((mask >> i & 1) != 0) values[i] = static_cast<const std::int8_t*>(from)[i];
  return zsq::emulated::vector<__m512i>(values);
}

inline void _mm512_mask_storeu_epi8(void* to, __mmask64 mask, __m512i from) {
  zsq::emulated::store_some<std::int8_t>(to, mask, from);
}
inline void _mm_mask_storeu_epi8(void* to, __mmask16 mask, __m128i from) {
  zsq::emulated::store_some<std::int8_t>(to, mask, from);
}
inline void _mm512_mask_storeu_epi32(void* to, __mmask16 mask, __m512i from) {
  zsq::emulated::store_some<std::int32_t>(to, mask, from);
}
