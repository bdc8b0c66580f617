#pragma once

#include "runtime/cpu/tiles/finish.h"

/// The part of loops.h that multiplies weights of four bits, which includes it. They are taken out of their
/// bytes once for all places of a tile.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

/// Which half of each byte.
enum class Half { low, high };

/// sum += what the places have from `offset` on, times one half of the weights.
template <class Machine, Half half, int Places, int Vectors>
ZSQ_LOOP void nibble_products(typename Machine::Words (&sum)[Places][Vectors],
                              const std::int8_t* const (&in)[Places], std::int64_t offset,
                              const std::int8_t* weight) {
  typename Machine::Words w[Vectors];
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    const auto packed = Machine::load(weight + v * 4 * Machine::kLanes);
    w[v] = half == Half::low ? Machine::low_nibbles(packed) : Machine::high_nibbles(packed);
  }
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) {
    const auto x = Machine::nibble_inputs(in[p] + offset);
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) sum[p][v] = Machine::nibble_sum(sum[p][v], x, w[v]);
  }
}

/// From word to word [begin, end) of a run, two at a time.
template <class Machine, int Places, int Vectors>
ZSQ_LOOP const std::int8_t* nibble_words(typename Machine::Words (&sum)[Places][Vectors],
                                         const std::int8_t* const (&in)[Places], std::int64_t begin,
                                         std::int64_t end, const std::int8_t* weight) {
  std::int64_t k = begin;
  for (; k + 4 < end; k += 8, weight += Vectors * 4 * Machine::kLanes) {
    nibble_products<Machine, Half::low, Places, Vectors>(sum, in, k, weight);
    nibble_products<Machine, Half::high, Places, Vectors>(sum, in, k + 4, weight);
  }
  if (k < end) {  // a word of its own, with nothing in the upper halves
    nibble_products<Machine, Half::low, Places, Vectors>(sum, in, k, weight);
    weight += Vectors * 4 * Machine::kLanes;
  }
  return weight;
}

/// Places [first, first + Places) times Vectors.
template <class Machine, Kind kind, int Places, int Vectors>
ZSQ_LOOP void nibble_tile(const NibbleTiles& tiles, const Ending& e, std::int64_t first) {
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
    if constexpr (!Machine::kNibbleSumsAre16Bits) {
      weight = nibble_words<Machine, Places, Vectors>(sum, in, begin, end, weight);
    } else {
      for (std::int64_t k = begin; k < end; k += 4 * tiles.together) {
        typename Machine::Words halves[Places][Vectors];
#pragma GCC unroll 16
        for (int p = 0; p < Places; ++p)
#pragma GCC unroll 16
          for (int v = 0; v < Vectors; ++v) halves[p][v] = Machine::all(0);
        weight = nibble_words<Machine, Places, Vectors>(halves, in, k, std::min(k + 4 * tiles.together, end),
                                                        weight);
#pragma GCC unroll 16
        for (int p = 0; p < Places; ++p)
#pragma GCC unroll 16
          for (int v = 0; v < Vectors; ++v)
            sum[p][v] = Machine::add(sum[p][v], Machine::joined(halves[p][v]));
      }
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) finish<Machine, kind>(sum[p], e, tiles.results, first + p);
}

template <class Machine, Kind kind, int Places, int Vectors>
ZSQ_LOOP void nibble_places(const NibbleTiles& tiles, const Ending& e, std::int64_t first) {
  for (; first + Places <= tiles.views.place_count; first += Places)
    nibble_tile<Machine, kind, Places, Vectors>(tiles, e, first);
  if constexpr (Places > 1) nibble_places<Machine, kind, Places / 2, Vectors>(tiles, e, first);
}

// NOLINTEND(modernize-avoid-c-arrays)

}  // namespace zsq::runtime::cpu::ZSQ_SET
