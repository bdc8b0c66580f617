#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

/// The instructions of AMX in plain C++, written from Intel's manual. Registers are a thread's own; whoever
/// uses one that was not configured, or of other extents than the product asks for, ends the process as a
/// fault would.
namespace zsq::runtime::cpu {

struct alignas(64) TileConfig {
  std::uint8_t palette = 1, start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t bytes_of_row[16] = {};
  std::uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfig) == 64);

struct TileRegisters {
  bool is_configured = false;
  TileConfig config;
  std::array<std::array<std::array<std::int8_t, 64>, 16>, 8> tile = {};
};
inline thread_local TileRegisters tile_registers;

inline TileRegisters& configured(int tile) {
  const TileConfig& c = tile_registers.config;
  if (!tile_registers.is_configured || c.rows[tile] == 0 || c.rows[tile] > 16 || c.bytes_of_row[tile] > 64)
    std::abort();
  return tile_registers;
}

inline void configure_tiles(const TileConfig& config) {
  if (config.palette != 1 || config.start_row != 0) std::abort();
  tile_registers = {.is_configured = true, .config = config, .tile = {}};
}
inline void release_tiles() { tile_registers.is_configured = false; }

template <int kTile>
void load_tile(const void* from, std::ptrdiff_t stride) {
  TileRegisters& r = configured(kTile);
  r.tile[kTile] = {};
  for (std::size_t row = 0; row < r.config.rows[kTile]; ++row)
    std::memcpy(r.tile[kTile][row].data(),
                static_cast<const char*>(from) + static_cast<std::ptrdiff_t>(row) * stride,
                r.config.bytes_of_row[kTile]);
}
template <int kTile>
void store_tile(void* to, std::ptrdiff_t stride) {
  const TileRegisters& r = configured(kTile);
  for (std::size_t row = 0; row < r.config.rows[kTile]; ++row)
    std::memcpy(static_cast<char*>(to) + static_cast<std::ptrdiff_t>(row) * stride, r.tile[kTile][row].data(),
                r.config.bytes_of_row[kTile]);
}

template <int kSum, int kIn, int kWeight>
void multiply_tiles() {
  TileRegisters& r = configured(kSum);
  configured(kIn), configured(kWeight);
  const TileConfig& c = r.config;
  if (c.rows[kSum] != c.rows[kIn] || c.bytes_of_row[kSum] != c.bytes_of_row[kWeight] ||
      c.bytes_of_row[kIn] != 4 * c.rows[kWeight])
    std::abort();
  for (std::size_t row = 0; row < c.rows[kSum]; ++row)
    for (std::size_t word = 0; word < c.bytes_of_row[kSum] / 4U; ++word) {
      std::uint32_t sum;
      std::memcpy(&sum, &r.tile[kSum][row][4 * word], sizeof sum);
      for (std::size_t k = 0; k < c.bytes_of_row[kIn]; ++k)
        sum += static_cast<std::uint32_t>(r.tile[kIn][row][k] * r.tile[kWeight][k / 4][4 * word + k % 4]);
      std::memcpy(&r.tile[kSum][row][4 * word], &sum, sizeof sum);
    }
}

}  // namespace zsq::runtime::cpu
