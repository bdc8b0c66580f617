#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace zsq::samples {

/// The classes of the shapes data set in the order of their labels, which is that of their names.
inline constexpr std::array<std::string_view, 10> kShapeClasses = {
    "checkerboard", "crescent", "cross", "disc", "dots", "ring", "square", "star", "stripes", "triangle"};

inline constexpr int kShapeSide = 32;  // rows and columns of an image

struct ShapeImage {
  std::vector<std::uint8_t> pixels;  // [row][column][3], red first
  int label = 0;                     // index % 10
};

/// One image of the shapes data set: an object of the label's class before a cluttered background, of random
/// colours, pose and light, with noise. Each image has a generator of its own, so seed and index decide it
/// alone. Requires index >= 0.
ShapeImage render(std::int64_t index, std::uint64_t seed);

struct ShapeSet {
  std::vector<std::uint8_t> pixels;  // [n][row][column][3], as a network's session takes them
  std::vector<int> labels;
};

/// The first `count` images of a seed.
ShapeSet render_set(std::int64_t count, std::uint64_t seed);

}  // namespace zsq::samples
