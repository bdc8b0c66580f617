#pragma once

#include "runtime/cpu/tiles/finish.h"

/// The part of loops.h that sums in 16 bits, which includes it.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

/// What is left of a NarrowTiles to compute.
struct NarrowRest {
  const std::int32_t* offset;
  const std::int8_t* weight;
  const std::int16_t* centre;
};

/// So many sums of Products products each, for Places places.
template <class Machine, int Places, int Products>
ZSQ_LOOP void narrow_sums(typename Machine::Words (&sum)[Places], const std::int8_t* const (&in)[Places],
                          NarrowRest& rest, std::int64_t count) {
  constexpr int kWeights = 4 * Machine::kLanes;
  for (std::int64_t i = 0; i < count; ++i) {
    typename Machine::Words w[Products];
#pragma GCC unroll 4
    for (int n = 0; n < Products; ++n) w[n] = Machine::load(rest.weight + n * kWeights);
    const auto centre = Machine::load(rest.centre);
#pragma GCC unroll 16
    for (int p = 0; p < Places; ++p) {
      auto halves = centre;
#pragma GCC unroll 4
      for (int n = 0; n < Products; ++n)
        halves = Machine::add16(halves, Machine::pairs(Machine::four(in[p] + rest.offset[n]), w[n]));
      sum[p] = Machine::add(sum[p], Machine::joined(halves));
    }
    rest.offset += Products;
    rest.weight += Products * kWeights;
    rest.centre += 2 * Machine::kLanes;
  }
}

/// Places [first, first + Places) of one vector of channels.
template <class Machine, Kind kind, int Places>
ZSQ_LOOP void narrow_tile(const NarrowTiles& tiles, const Ending& e, std::int64_t first) {
  typename Machine::Words sum[Places];
  const std::int8_t* in[Places];
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) {
    in[p] = tiles.views.in + tiles.views.places[first + p];
    sum[p] = Machine::load(e.start);
  }
  NarrowRest rest{tiles.offset, tiles.weight, tiles.centre};
  narrow_sums<Machine, Places, 4>(sum, in, rest, tiles.sums[3]);
  narrow_sums<Machine, Places, 3>(sum, in, rest, tiles.sums[2]);
  narrow_sums<Machine, Places, 2>(sum, in, rest, tiles.sums[1]);
  narrow_sums<Machine, Places, 1>(sum, in, rest, tiles.sums[0]);
#pragma GCC unroll 16
  for (int p = 0; p < Places; ++p) {
    typename Machine::Words one[1] = {sum[p]};
    finish<Machine, kind>(one, e, tiles.results, first + p);
  }
}

template <class Machine, Kind kind, int Places>
ZSQ_LOOP void narrow_places(const NarrowTiles& tiles, const Ending& e, std::int64_t first) {
  for (; first + Places <= tiles.views.place_count; first += Places)
    narrow_tile<Machine, kind, Places>(tiles, e, first);
  if constexpr (Places > 1) narrow_places<Machine, kind, Places / 2>(tiles, e, first);
}

// NOLINTEND(modernize-avoid-c-arrays)

}  // namespace zsq::runtime::cpu::ZSQ_SET
