#define ZSQ_SET amx
#define ZSQ_TARGET gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,amx-tile,amx-int8")

#include "runtime/cpu/amx/tile_registers.h"
#include "runtime/cpu/avx512/words.h"
#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/tiles/loops.h"

namespace zsq::runtime::cpu {
namespace {

// NOLINTBEGIN(modernize-avoid-c-arrays): rows of registers.

#define ZSQ_LOOP [[gnu::always_inline, ZSQ_TARGET]] inline

constexpr std::int64_t kPlaces = 16, kDepth = 64;  // of a tile of inputs: rows, and values of a row
constexpr std::int64_t kLanes = Words512::kLanes, kMostVectors = Words512::kVectors;

/// Register 0 has inputs, 1 weights; from 2 on there is one for the sums of each vector of channels.
constexpr int kIn = 0, kWeight = 1, kSums = 2;

constexpr TileConfig kConfig = [] {
  TileConfig config;
  for (std::size_t i = 0; i < kSums + kMostVectors; ++i) {
    config.bytes_of_row[i] = 64;
    config.rows[i] = 16;
  }
  return config;
}();

/// Copies for what a tile cannot load where it lies. What a product does not need is zero in the inputs.
struct Copies {
  alignas(64) std::int8_t in[kPlaces][kDepth];
  alignas(64) std::int8_t weight[kDepth / 4][4 * kLanes];
  alignas(64) std::int32_t sum[kMostVectors][kPlaces][kLanes];
};

/// Sixteen places, or what is left of them: as many bytes from each as the tile is deep.
struct Inputs {
  const std::int8_t* in;
  const std::int32_t* places;
  std::int64_t count;
  std::int64_t step;  // from one to the next, or 0 where that is not one number, or they are not sixteen

  Inputs(const Views& views, std::int64_t first)
      : in(views.in), places(views.places + first), count(std::min(kPlaces, views.place_count - first)) {
    step = count == kPlaces ? places[1] - places[0] : 0;
    for (std::int64_t p = 1; p < count; ++p)
      if (places[p] - places[p - 1] != step) step = 0;
  }
};

ZSQ_LOOP void load_inputs(const Inputs& from, std::int64_t offset, std::int64_t depth, Copies& copies) {
  if (from.step > 0 && depth == kDepth) return load_tile<kIn>(from.in + from.places[0] + offset, from.step);
  std::memset(copies.in, 0, sizeof copies.in);
  for (std::int64_t p = 0; p < from.count; ++p)
    std::memcpy(copies.in[p], from.in + from.places[p] + offset, static_cast<std::size_t>(depth));
  load_tile<kIn>(copies.in, kDepth);
}

/// Of one vector; `next`: bytes from a word's weights to those of the word behind it.
ZSQ_LOOP void load_weights(const std::int8_t* from, std::int64_t next, std::int64_t depth, Copies& copies) {
  if (depth == kDepth) return load_tile<kWeight>(from, next);
  for (std::int64_t k = 0; k < depth / 4; ++k) std::memcpy(copies.weight[k], from + k * next, 4 * kLanes);
  load_tile<kWeight>(copies.weight, 4 * kLanes);
}

/// Sums of vectors [0, Vectors) of the first of them.
template <int Vectors>
ZSQ_LOOP void begin_sums(const std::int32_t* start) {
  load_tile<kSums + Vectors - 1>(start + (Vectors - 1) * kLanes, 0);
  if constexpr (Vectors > 1) begin_sums<Vectors - 1>(start);
}
template <int Vectors>
ZSQ_LOOP void multiply(const std::int8_t* weight, std::int64_t next, std::int64_t depth, Copies& copies) {
  if constexpr (Vectors > 1) multiply<Vectors - 1>(weight, next, depth, copies);
  load_weights(weight + (Vectors - 1) * 4 * kLanes, next, depth, copies);
  multiply_tiles<kSums + Vectors - 1, kIn, kWeight>();
}
template <int Vectors>
ZSQ_LOOP void store_sums(Copies& copies) {
  store_tile<kSums + Vectors - 1>(copies.sum[Vectors - 1], 4 * kLanes);
  if constexpr (Vectors > 1) store_sums<Vectors - 1>(copies);
}

template <amx::Kind kind, int Vectors>
ZSQ_LOOP void tile(const DenseTiles& tiles, const Ending& e, std::int64_t first, Copies& copies) {
  const Inputs from(tiles.views, first);
  begin_sums<Vectors>(e.start);
  const std::int64_t next = Vectors * 4 * kLanes, run = 4 * tiles.words;
  const std::int8_t* weight = tiles.weight;
  for (std::int64_t t = 0; t < tiles.views.tap_count; ++t)
    for (std::int64_t k = 0; k < run; k += kDepth) {
      const std::int64_t depth = std::min(kDepth, run - k);
      load_inputs(from, tiles.views.taps[t] + k, depth, copies);
      multiply<Vectors>(weight, next, depth, copies);
      weight += depth / 4 * next;
    }
  store_sums<Vectors>(copies);
  for (std::int64_t p = 0; p < from.count; ++p) {
    Words512::Words sum[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) sum[v] = Words512::load(copies.sum[v][p]);
    amx::finish<Words512, kind>(sum, e, tiles.results, first + p);
  }
}

template <amx::Kind kind, int Vectors = 1>
[[ZSQ_TARGET]] void dense_of(const DenseTiles& tiles, const Ending& e) {
  if constexpr (Vectors < kMostVectors)
    if (tiles.vectors > Vectors) return dense_of<kind, Vectors + 1>(tiles, e);
  Copies copies;
  std::memset(copies.weight, 0, sizeof copies.weight);
  configure_tiles(kConfig);
  for (std::int64_t first = 0; first < tiles.views.place_count; first += kPlaces)
    tile<kind, Vectors>(tiles, e, first, copies);
  release_tiles();
}

[[ZSQ_TARGET]] void dense(const DenseTiles& tiles, const Ending& e) {
  if (tiles.results.wide != nullptr) return dense_of<amx::Kind::wide>(tiles, e);
  if (tiles.results.residual != nullptr) return dense_of<amx::Kind::beside>(tiles, e);
  dense_of<amx::Kind::narrow>(tiles, e);
}

#undef ZSQ_LOOP

// NOLINTEND(modernize-avoid-c-arrays)

}  // namespace

const TileKernels& amx_tiles() {
  static constexpr TileKernels kKernels = [] {
    TileKernels kernels = amx::TileSet<Words512>::kernels();
    kernels.dense = dense;
    kernels.dense_added = 0;    // it multiplies signed by signed bytes
    kernels.nibbles = nullptr;  // tiles are loaded from memory, so that weights must be bytes there
    return kernels;
  }();
  return kKernels;
}

}  // namespace zsq::runtime::cpu
