#pragma once

#include "runtime/cpu/tiles/finish.h"

/// The part of loops.h for filters of one channel, which includes it.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

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

/// What quads and columns sum in: 32 bits from the start on, or 16 from 0 on.
template <class Machine>
concept SumsHalves = requires {
  Machine::joined_from;
};

template <class Machine>
ZSQ_LOOP typename Machine::Words first_sum(const std::int32_t* start) {
  if constexpr (SumsHalves<Machine>)
    return Machine::all(0);
  else
    return Machine::load(start);
}

/// The whole sums of four vectors.
template <class Machine>
ZSQ_LOOP void join(typename Machine::Words (&sum)[4], const std::int32_t* start) {
  if constexpr (SumsHalves<Machine>)
#pragma GCC unroll 16
    for (int v = 0; v < 4; ++v)
      sum[v] = Machine::joined_from(Machine::load(start + v * Machine::kLanes), sum[v]);
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
    for (int v = 0; v < 4; ++v) sum[p][v] = first_sum<Machine>(e.start + c + v * Machine::kLanes);
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
  for (int p = 0; p < Places; ++p) {
    join<Machine>(sum[p], of_block.start);
    finish<Machine, Kind::quads>(sum[p], of_block, to, first + p);
  }
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
    for (int v = 0; v < 4; ++v) sum[p][v] = first_sum<Machine>(e.start + c + v * Machine::kLanes);
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
  for (int p = 0; p < Places; ++p) {
    join<Machine>(sum[p], of_block.start);
    finish<Machine, Kind::quads>(sum[p], of_block, to, first + p);
  }
}

template <class Machine, int Places>
ZSQ_LOOP void column_places(const ColumnTiles& tiles, const Ending& e, std::int64_t first, std::int64_t c) {
  for (; first + Places <= tiles.places; first += Places) column_tile<Machine, Places>(tiles, e, first, c);
  if constexpr (Places > 1) column_places<Machine, Places / 2>(tiles, e, first, c);
}

// NOLINTEND(modernize-avoid-c-arrays)

}  // namespace zsq::runtime::cpu::ZSQ_SET
