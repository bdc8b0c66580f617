#pragma once

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

/// AMX: eight registers of up to 16 rows of 64 bytes, and the product of two of them. Every function is
/// inlined into one that may use the instructions.
namespace zsq::runtime::cpu {

#define ZSQ_INSTRUCTION [[gnu::always_inline, gnu::target("amx-tile,amx-int8")]] static inline

/// Palette 1 as the instruction reads it.
struct alignas(64) TileConfig {
  std::uint8_t palette = 1, start_row = 0;
  std::uint8_t reserved[14] = {};       // NOLINT(modernize-avoid-c-arrays): the instruction's layout
  std::uint16_t bytes_of_row[16] = {};  // NOLINT(modernize-avoid-c-arrays)
  std::uint8_t rows[16] = {};           // NOLINT(modernize-avoid-c-arrays)
};

/// Zeroes all registers.
ZSQ_INSTRUCTION void configure_tiles(const TileConfig& config) { _tile_loadconfig(&config); }
ZSQ_INSTRUCTION void release_tiles() { _tile_release(); }

// Asm, for the intrinsics want the number of a register as a literal.
template <int kTile>
ZSQ_INSTRUCTION void load_tile(const void* from, std::ptrdiff_t stride) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(kTile) : "memory");
}
template <int kTile>
ZSQ_INSTRUCTION void store_tile(void* to, std::ptrdiff_t stride) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(kTile) : "memory");
}

/// Words of kSum += signed bytes of a row of kIn times those of a column of kWeight, four to a word.
template <int kSum, int kIn, int kWeight>
ZSQ_INSTRUCTION void multiply_tiles() {
  asm volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kIn), "i"(kWeight));
}

#undef ZSQ_INSTRUCTION

}  // namespace zsq::runtime::cpu
