#pragma once

#define ZSQ_FUNCTION [[ZSQ_TARGET]]
#define ZSQ_LOOP [[gnu::always_inline, ZSQ_TARGET]] inline

#include "runtime/cpu/tiles/depthwise_loops.h"
#include "runtime/cpu/tiles/finish.h"
#include "runtime/cpu/tiles/narrow_loops.h"
#include "runtime/cpu/tiles/nibble_loops.h"
#include "runtime/cpu/tiles/peak_loops.h"

/// The bodies of TileKernels, for the file of one instruction set to include. As for portable/loops.h, that
/// file defines ZSQ_SET and ZSQ_TARGET. It also gives a Machine: its vectors and the instructions on them.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

/// Places [first, first + Places) times Vectors.
template <class Machine, Kind kind, int Places, int Vectors>
ZSQ_LOOP void dense_tile(const DenseTiles& tiles, const Ending& e, std::int64_t first) {
  typename Machine::Words sum[Places][Vectors];
  const std::int8_t* in[Places];
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) {
    in[p] = tiles.views.in + tiles.views.places[first + p];
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) sum[p][v] = Machine::load(e.start + v * Machine::kLanes);
  }
  const std::int8_t* weight = tiles.weight;
  for (std::int64_t t = 0; t < tiles.views.tap_count; ++t) {
    const std::int64_t begin = tiles.views.taps[t], end = begin + 4 * tiles.words;
    for (std::int64_t k = begin; k < end; k += 4) {
      typename Machine::Words w[Vectors];
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v, weight += 4 * Machine::kLanes) w[v] = Machine::load(weight);
#pragma GCC unroll 16
      for (int p = 0; p < Places; ++p) {
        const auto x = Machine::broadcast(in[p] + k);
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v) sum[p][v] = Machine::dot(sum[p][v], x, w[v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) finish<Machine, kind>(sum[p], e, tiles.results, first + p);
}

/// Whole tiles, then halves of them for the places that are left.
template <class Machine, Kind kind, int Places, int Vectors>
ZSQ_LOOP void dense_places(const DenseTiles& tiles, const Ending& e, std::int64_t first) {
  for (; first + Places <= tiles.views.place_count; first += Places)
    dense_tile<Machine, kind, Places, Vectors>(tiles, e, first);
  if constexpr (Places > 1) dense_places<Machine, kind, Places / 2, Vectors>(tiles, e, first);
}

template <class Machine>
ZSQ_LOOP void pixel_blocks(PixelTiles tiles) {
  constexpr int kBlock = Machine::kVectors * Machine::kLanes;
  std::int64_t i = 0, j = 0;
  for (; i + kBlock <= tiles.count; i += kBlock, j = j + kBlock == tiles.period ? 0 : j + kBlock) {
    typename Machine::Words value[Machine::kVectors];
#pragma GCC unroll 16
    for (int v = 0; v < Machine::kVectors; ++v) {
      const int lane = v * Machine::kLanes;
      const auto p = Machine::widen_unsigned(tiles.in + i + lane);
      value[v] = Machine::add(Machine::multiply32(p, Machine::load(tiles.multiplier + j + lane)),
                              Machine::load(tiles.offset + j + lane));
      value[v] = Machine::shift(value[v], Machine::load(tiles.shift + j + lane));
    }
    Machine::store_narrow(tiles.out + i, value, 0, tiles.clamp, kBlock);
  }
  for (; i < tiles.count; ++i, ++j)
    tiles.out[i] = pixel(tiles.in[i], tiles.multiplier[j], tiles.offset[j], tiles.shift[j], tiles.clamp);
}

/// The set's functions.
template <class Machine>
struct TileSet {
  static constexpr int kNarrowPlaces = 6;

  template <Kind kind, int Vectors = 1>
  ZSQ_FUNCTION static void dense_of(const DenseTiles& tiles, const Ending& e) {
    if constexpr (Vectors < Machine::kVectors)
      if (tiles.vectors > Vectors) return dense_of<kind, Vectors + 1>(tiles, e);
    dense_places<Machine, kind, Machine::kPlaces[Vectors - 1], Vectors>(tiles, e, 0);
  }
  ZSQ_FUNCTION static void dense(const DenseTiles& tiles, const Ending& e) {
    if (tiles.results.wide != nullptr) return dense_of<Kind::wide>(tiles, e);
    if (tiles.results.residual != nullptr) return dense_of<Kind::beside>(tiles, e);
    dense_of<Kind::narrow>(tiles, e);
  }
  template <Kind kind, int Vectors = 1>
  ZSQ_FUNCTION static void nibbles_of(const NibbleTiles& tiles, const Ending& e) {
    if constexpr (Vectors < Machine::kVectors)
      if (tiles.vectors > Vectors) return nibbles_of<kind, Vectors + 1>(tiles, e);
    nibble_places<Machine, kind, Machine::kNibblePlaces[Vectors - 1], Vectors>(tiles, e, 0);
  }
  ZSQ_FUNCTION static void nibbles(const NibbleTiles& tiles, const Ending& e) {
    if (tiles.results.wide != nullptr) return nibbles_of<Kind::wide>(tiles, e);
    if (tiles.results.residual != nullptr) return nibbles_of<Kind::beside>(tiles, e);
    nibbles_of<Kind::narrow>(tiles, e);
  }
  ZSQ_FUNCTION static void narrow(const NarrowTiles& tiles, const Ending& e) {
    if (tiles.results.wide != nullptr) return narrow_places<Machine, Kind::wide, kNarrowPlaces>(tiles, e, 0);
    if (tiles.results.residual != nullptr)
      return narrow_places<Machine, Kind::beside, kNarrowPlaces>(tiles, e, 0);
    narrow_places<Machine, Kind::narrow, kNarrowPlaces>(tiles, e, 0);
  }
  ZSQ_FUNCTION static void depthwise(const DepthwiseTiles& tiles, const Ending& e) {
    if (tiles.results.residual != nullptr) return depthwise_channels<Machine, Kind::beside>(tiles, e);
    depthwise_channels<Machine, Kind::narrow>(tiles, e);
  }
  ZSQ_FUNCTION static void quads(const QuadTiles& tiles, const Ending& e) { quad_places<Machine>(tiles, e); }
  ZSQ_FUNCTION static void columns(const ColumnTiles& tiles, const Ending& e) {
    for (std::int64_t c = 0; c < tiles.results.channels; c += 4 * Machine::kLanes)
      column_places<Machine, Machine::kColumnPlaces>(tiles, e, 0, c);
  }
  ZSQ_FUNCTION static void pixels(const PixelTiles& tiles) { pixel_blocks<Machine>(tiles); }
  ZSQ_FUNCTION static std::int64_t peak(const std::int8_t* bytes, std::int64_t rounds) {
    return peak_rounds<Machine>(bytes, rounds);
  }
  static constexpr TileKernels kernels() {
    TileKernels all{.lanes = Machine::kLanes,
                    .vectors = Machine::kVectors,
                    .added = Machine::kAdded,
                    .dense_added = Machine::kAdded,
                    .dense = dense,
                    .depthwise = depthwise,
                    .quads = quads,
                    .columns = columns,
                    .pixels = pixels,
                    .peak = peak};
    if constexpr (requires { Machine::pairs; }) all.narrow = narrow;
    if constexpr (requires { Machine::nibble_sum; }) {
      all.nibbles = nibbles;
      all.nibbles_turn_inputs = !Machine::kNibbleSumsAre16Bits;
      all.nibble_factor_bits = Machine::kNibbleSumsAre16Bits ? 0 : 4;
    }
    if constexpr (requires { typename Machine::Light; }) {
      all.light_quads = TileSet<typename Machine::Light>::quads;
      all.light_columns = TileSet<typename Machine::Light>::columns;
    }
    if constexpr (requires { typename Machine::Halves; })
      all.halves = TileSet<typename Machine::Halves>::dense;
    return all;
  }
};

// NOLINTEND(modernize-avoid-c-arrays)

#undef ZSQ_FUNCTION
#undef ZSQ_LOOP

}  // namespace zsq::runtime::cpu::ZSQ_SET
