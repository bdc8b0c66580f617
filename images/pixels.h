#pragma once

#include <cstdint>
#include <vector>

namespace zsq::images {

/// Pictures of one size, decoded: n*h*w*c bytes, [n][h][w][c].
struct Pixels {
  std::int64_t n = 1, h = 0, w = 0, c = 0;
  std::vector<std::uint8_t> values = {};

  bool operator==(const Pixels&) const = default;
};

/// Room for them, all zero.
inline Pixels pixels_of(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c) {
  return {n, h, w, c, std::vector<std::uint8_t>(static_cast<std::size_t>(n * h * w * c))};
}

}  // namespace zsq::images
