#pragma once

#include <algorithm>

#include "runtime/cpu/tiles/kernels.h"

/// The bodies of TileKernels, for the file of one instruction set to include. As for portable/loops.h, that
/// file defines ZSQ_SET and ZSQ_TARGET. It also gives a Machine: its vectors and the instructions on them.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

#define ZSQ_FUNCTION [[ZSQ_TARGET]]
#define ZSQ_LOOP [[gnu::always_inline, ZSQ_TARGET]] inline

/// What an output is made of.
enum class Kind { narrow, beside, wide, quads };  // beside a residual; in the order of quads

/// The values of Vectors of one place. `sum` is what start led to, so that the first shift's half is in it
/// already. Constants and pointers come by value: stores of int8 could change any that lies in memory.
template <class Machine, Kind kind, int Vectors>
ZSQ_LOOP void finish(typename Machine::Words (&sum)[Vectors], Ending e, Results to, std::int64_t place) {
  typename Machine::Words value[Vectors];
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    const int c = v * Machine::kLanes;
    const auto middle = Machine::clamp16(Machine::shift(sum[v], Machine::load(e.first_shift + c)));
    value[v] = Machine::multiply16(middle, Machine::load(e.multiplier + c));
    if constexpr (kind == Kind::wide) continue;
    value[v] = Machine::add(value[v], Machine::load(e.half + c));
    if constexpr (kind == Kind::beside) {
      const auto beside = Machine::widen(to.residual + place * to.residual_stride + c);
      value[v] = Machine::add(value[v], Machine::multiply32(beside, Machine::load(e.residual_factor + c)));
    }
    value[v] = Machine::shift(value[v], Machine::load(e.second_shift + c));
  }
  if constexpr (kind == Kind::wide)
    Machine::store_wide(to.wide + place * to.stride, value, to.channels);
  else if constexpr (kind == Kind::quads)
    Machine::store_quads(to.narrow + place * to.stride, value, e.zero_point, e.clamp, to.channels);
  else
    Machine::store_narrow(to.narrow + place * to.stride, value, e.zero_point, e.clamp, to.channels);
}

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

/// Places [first, first + Places) times Vectors of channels, for constants and results of the first of them.
template <class Machine, Kind kind, int Places, int Vectors>
ZSQ_LOOP void depthwise_tile(const DepthwiseTiles& tiles, const Ending& e, std::int64_t first) {
  typename Machine::Words sum[Places][Vectors];
  const std::int8_t* in[Places];
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) {
    in[p] = tiles.views.in + tiles.views.places[first + p];
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) sum[p][v] = Machine::load(e.start + v * Machine::kLanes);
  }
  const std::int64_t taps = tiles.views.tap_count;
  for (std::int64_t t = 0; t < taps; ++t) {
    const std::int64_t tap = tiles.views.taps[t];
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      const auto w = Machine::load(tiles.weight + (v * taps + t) * Machine::kLanes);
#pragma GCC unroll 16
      for (int p = 0; p < Places; ++p)
        sum[p][v] = Machine::multiply_add16(sum[p][v], Machine::widen(in[p] + tap + v * Machine::kLanes), w);
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) finish<Machine, kind>(sum[p], e, tiles.results, first + p);
}

template <class Machine, Kind kind, int Places, int Vectors>
ZSQ_LOOP void depthwise_places(const DepthwiseTiles& tiles, const Ending& e, std::int64_t first) {
  for (; first + Places <= tiles.views.place_count; first += Places)
    depthwise_tile<Machine, kind, Places, Vectors>(tiles, e, first);
  if constexpr (Places > 1) depthwise_places<Machine, kind, Places / 2, Vectors>(tiles, e, first);
}

/// The same from the channel c on.
inline DepthwiseTiles advanced(DepthwiseTiles tiles, std::int64_t c) {
  tiles.views.in += c;
  tiles.weight += c * tiles.views.tap_count;
  tiles.results = tiles.results.from(c, tiles.results.channels);
  return tiles;
}

/// Pairs of vectors, then the last one.
template <class Machine, Kind kind>
ZSQ_LOOP void depthwise_channels(const DepthwiseTiles& tiles, const Ending& e) {
  constexpr std::int64_t kPair = 2 * Machine::kLanes;
  std::int64_t c = 0;
  for (; tiles.results.channels - c > Machine::kLanes; c += kPair)
    depthwise_places<Machine, kind, 4, 2>(advanced(tiles, c), e.from(c), 0);
  if (c < tiles.results.channels) depthwise_places<Machine, kind, 4, 1>(advanced(tiles, c), e.from(c), 0);
}

/// A block of channels of places [first, first + Places).
template <class Machine, int Places>
ZSQ_LOOP void quad_tile(const QuadTiles& tiles, const Ending& e, std::int64_t first, std::int64_t c) {
  typename Machine::Words sum[Places][4];
  const std::int8_t* in[Places];
  const std::int64_t channels = tiles.results.channels - c;
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) {
    in[p] = tiles.views.in + tiles.views.places[first + p] + c;
#pragma GCC unroll 16
    for (int v = 0; v < 4; ++v) sum[p][v] = Machine::load(e.start + c + v * Machine::kLanes);
  }
  const std::int8_t* weight = tiles.weight + c * tiles.views.tap_count;
  for (std::int64_t t = 0; t < tiles.views.tap_count; t += 4) {
    const std::int32_t* const taps = tiles.views.taps + t;
    typename Machine::Words w[4];
#pragma GCC unroll 16
    for (int v = 0; v < 4; ++v, weight += 4 * Machine::kLanes) w[v] = Machine::load(weight);
#pragma GCC unroll 16
    for (int p = 0; p < Places; ++p) {
      typename Machine::Words x[4];
      Machine::interleave(in[p] + taps[0], in[p] + taps[1], in[p] + taps[2], in[p] + taps[3], channels, x);
#pragma GCC unroll 16
      for (int v = 0; v < 4; ++v) sum[p][v] = Machine::dot(sum[p][v], x[v], w[v]);
    }
  }
  const Ending of_block = e.from(c);
  Results to = tiles.results.from(c, channels);
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) finish<Machine, Kind::quads>(sum[p], of_block, to, first + p);
}

template <class Machine>
ZSQ_LOOP void quad_places(const QuadTiles& tiles, const Ending& e) {
  for (std::int64_t c = 0; c < tiles.results.channels; c += 4 * Machine::kLanes) {
    std::int64_t first = 0;
    for (; first + Machine::kQuadPlaces <= tiles.views.place_count; first += Machine::kQuadPlaces)
      quad_tile<Machine, Machine::kQuadPlaces>(tiles, e, first, c);
    for (; first < tiles.views.place_count; ++first) quad_tile<Machine, 1>(tiles, e, first, c);
  }
}

/// A block of channels of places [first, first + Places) of a row.
template <class Machine, int Places>
ZSQ_LOOP void column_tile(const ColumnTiles& tiles, const Ending& e, std::int64_t first, std::int64_t c) {
  typename Machine::Words sum[Places][4];
  const std::int64_t channels = tiles.results.channels - c;
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p)
#pragma GCC unroll 16
    for (int v = 0; v < 4; ++v) sum[p][v] = Machine::load(e.start + c + v * Machine::kLanes);
  const std::int64_t words = 4 * Machine::kLanes * tiles.row_count;  // bytes of a column's weights
  const std::int8_t* const weight = tiles.weight + c * tiles.row_count * tiles.columns;
  const std::int8_t* in = tiles.in + first * tiles.next + c;
  for (std::int64_t x = 0; x < Places + tiles.columns - 1; ++x, in += tiles.next)
    for (std::int64_t i = 0; i < tiles.row_count; i += 4) {
      const std::int32_t* const rows = tiles.rows + i;
      typename Machine::Words column[4];
      Machine::interleave(in + rows[0], in + rows[1], in + rows[2], in + rows[3], channels, column);
#pragma GCC unroll 16
      for (int p = 0; p < Places; ++p) {
        if (x < p || x >= p + tiles.columns) continue;
        const std::int8_t* const w = weight + (x - p) * words + 4 * Machine::kLanes * i;
#pragma GCC unroll 16
        for (int v = 0; v < 4; ++v)
          sum[p][v] = Machine::dot(sum[p][v], column[v], Machine::load(w + 4 * Machine::kLanes * v));
      }
    }
  const Ending of_block = e.from(c);
  const Results to = tiles.results.from(c, channels);
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) finish<Machine, Kind::quads>(sum[p], of_block, to, first + p);
}

template <class Machine, int Places>
ZSQ_LOOP void column_places(const ColumnTiles& tiles, const Ending& e, std::int64_t first, std::int64_t c) {
  for (; first + Places <= tiles.places; first += Places) column_tile<Machine, Places>(tiles, e, first, c);
  if constexpr (Places > 1) column_places<Machine, Places / 2>(tiles, e, first, c);
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
  static constexpr TileKernels kernels() {
    return {Machine::kLanes, Machine::kVectors, Machine::kAdded, dense, depthwise, quads, columns, pixels};
  }
};

// NOLINTEND(modernize-avoid-c-arrays)

#undef ZSQ_FUNCTION
#undef ZSQ_LOOP

}  // namespace zsq::runtime::cpu::ZSQ_SET
