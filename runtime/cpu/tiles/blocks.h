#pragma once

#include <cstdint>
#include <vector>

#include "runtime/cpu/tiles/kernels.h"

namespace zsq::runtime::cpu {

constexpr std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Vectors of output channels that are computed together.
struct Block {
  std::int64_t first, count;
};

/// As few blocks as there can be, and those as equal as they can: a narrow block reads the input for little.
inline std::vector<Block> blocks_of(std::int64_t outputs, const TileKernels& tiles) {
  const std::int64_t vectors = divided_up(outputs, tiles.lanes), count = divided_up(vectors, tiles.vectors);
  std::vector<Block> blocks;
  for (std::int64_t b = 0; b < count; ++b) {
    const std::int64_t first = vectors * b / count;
    blocks.push_back({first, vectors * (b + 1) / count - first});
  }
  return blocks;
}

}  // namespace zsq::runtime::cpu
