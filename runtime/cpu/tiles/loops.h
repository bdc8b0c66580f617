#pragma once

#include <algorithm>

#include "runtime/cpu/tiles/kernels.h"

/// The bodies of TileKernels, for the file of one instruction set to include. As for portable/loops.h, that
/// file defines ZSQ_SET and ZSQ_TARGET. It also gives a Machine: its vectors and the instructions on them.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

#define ZSQ_FUNCTION [[ZSQ_TARGET]]
#define ZSQ_LOOP [[gnu::always_inline, ZSQ_TARGET]] inline

/// The values of one vector of one place, from the channel `c` on. `sum` is what start led to, so that the
/// first shift's half is in it already.
template <class Machine>
ZSQ_LOOP void finish(typename Machine::Words sum, const Ending& e, const Results& to, std::int64_t place,
                     std::int64_t c) {
  const auto middle = Machine::clamp16(Machine::shift(sum, Machine::load(e.first_shift + c)));
  auto value = Machine::multiply16(middle, Machine::load(e.multiplier + c));
  const std::int64_t lanes = std::min<std::int64_t>(Machine::kLanes, to.channels - c);
  if (to.wide != nullptr) {
    Machine::store(to.wide + place * to.stride + c, value, lanes);
    return;
  }
  value = Machine::add(value, Machine::load(e.half + c));
  if (e.residual_factor != nullptr) {
    const auto beside = Machine::widen(to.residual + place * to.residual_stride + c);
    value = Machine::add(value, Machine::multiply32(beside, Machine::load(e.residual_factor + c)));
  }
  value = Machine::shift(value, Machine::load(e.second_shift + c));
  value = Machine::add(value, Machine::all(e.zero_point));
  Machine::store(to.narrow + place * to.stride + c, value, e.clamp, lanes);
}

/// Places [first, first + Places) times Vectors.
template <class Machine, int Places, int Vectors>
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
  for (int v = 0; v < Vectors; ++v)
#pragma GCC unroll 16
    for (int p = 0; p < Places; ++p)
      finish<Machine>(sum[p][v], e, tiles.results, first + p, v * Machine::kLanes);
}

/// Whole tiles, then halves of them for the places that are left.
template <class Machine, int Places, int Vectors>
ZSQ_LOOP void dense_places(const DenseTiles& tiles, const Ending& e, std::int64_t first) {
  for (; first + Places <= tiles.views.place_count; first += Places)
    dense_tile<Machine, Places, Vectors>(tiles, e, first);
  if constexpr (Places > 1) dense_places<Machine, Places / 2, Vectors>(tiles, e, first);
}

/// A vector of channels of places [first, first + Places).
template <class Machine, int Places>
ZSQ_LOOP void depthwise_tile(const DepthwiseTiles& tiles, const Ending& e, std::int64_t first,
                             std::int64_t c) {
  typename Machine::Words sum[Places];
  const std::int8_t* in[Places];
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) {
    in[p] = tiles.views.in + tiles.views.places[first + p] + c;
    sum[p] = Machine::load(e.start + c);
  }
  const std::int32_t* weight = tiles.weight + c * tiles.views.tap_count;
  for (std::int64_t t = 0; t < tiles.views.tap_count; ++t, weight += Machine::kLanes) {
    const auto w = Machine::load(weight);
#pragma GCC unroll 16
    for (int p = 0; p < Places; ++p)
      sum[p] = Machine::multiply_add16(sum[p], Machine::widen(in[p] + tiles.views.taps[t]), w);
  }
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) finish<Machine>(sum[p], e, tiles.results, first + p, c);
}

template <class Machine, int Places>
ZSQ_LOOP void depthwise_places(const DepthwiseTiles& tiles, const Ending& e, std::int64_t first,
                               std::int64_t c) {
  for (; first + Places <= tiles.views.place_count; first += Places)
    depthwise_tile<Machine, Places>(tiles, e, first, c);
  if constexpr (Places > 1) depthwise_places<Machine, Places / 2>(tiles, e, first, c);
}

/// The set's functions.
template <class Machine>
struct TileSet {
  template <int Vectors = 1>
  ZSQ_FUNCTION static void dense(const DenseTiles& tiles, const Ending& e) {
    if constexpr (Vectors < Machine::kVectors)
      if (tiles.vectors > Vectors) return dense<Vectors + 1>(tiles, e);
    dense_places<Machine, Machine::kPlaces[Vectors - 1], Vectors>(tiles, e, 0);
  }
  ZSQ_FUNCTION static void depthwise(const DepthwiseTiles& tiles, const Ending& e) {
    for (std::int64_t c = 0; c < tiles.results.channels; c += Machine::kLanes)
      depthwise_places<Machine, 4>(tiles, e, 0, c);
  }
  static constexpr TileKernels kernels() {
    return {Machine::kLanes, Machine::kVectors, Machine::kAdded, &TileSet::dense<>, depthwise};
  }
};

// NOLINTEND(modernize-avoid-c-arrays)

#undef ZSQ_FUNCTION
#undef ZSQ_LOOP

}  // namespace zsq::runtime::cpu::ZSQ_SET
