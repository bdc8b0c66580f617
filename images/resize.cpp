#include "images/resize.h"

#include <algorithm>
#include <cmath>

namespace zsq::images {
namespace {

/// The inputs that one output is a weighted mean of.
template <class Weight>
struct Taps {
  std::int64_t first = 0;
  std::vector<Weight> weights = {};
};

/// Their sum is 1.
Taps<double> taps_of(std::int64_t output, std::int64_t from, double scale) {
  const double support = std::max(scale, 1.0);  // half the width of a triangle
  const double centre = scale * (static_cast<double>(output) + 0.5);
  const std::int64_t first = std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + 0.5), 0);
  const std::int64_t last = std::min(static_cast<std::int64_t>(centre + support + 0.5), from);
  Taps<double> taps{first};
  double sum = 0;
  for (std::int64_t i = first; i < last; ++i) {
    const double away = std::abs((static_cast<double>(i) - centre + 0.5) * (1 / support));
    taps.weights.push_back(away < 1 ? 1 - away : 0);
    sum += taps.weights.back();
  }
  for (double& w : taps.weights) w /= sum;
  return taps;
}

/// From one number of pixels to another; weights are whole numbers of 2^-bits.
struct Filter {
  std::vector<Taps<std::int32_t>> taps = {};  // one for each output
  int bits = 0;                               // the most with which all weights are below 2^15
};

Filter filter_of(std::int64_t from, std::int64_t to) {
  constexpr int kMost = 22;
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  std::vector<Taps<double>> real;
  double largest = 0;
  for (std::int64_t i = 0; i < to; ++i) {
    real.push_back(taps_of(i, from, scale));
    largest = std::max(largest, *std::ranges::max_element(real.back().weights));
  }
  Filter filter;
  while (filter.bits < kMost && std::ldexp(largest, filter.bits + 1) + 0.5 < (1 << 15)) ++filter.bits;
  for (const Taps<double>& taps : real) {
    filter.taps.push_back({taps.first});
    for (const double w : taps.weights)
      filter.taps.back().weights.push_back(static_cast<std::int32_t>(std::ldexp(w, filter.bits) + 0.5));
  }
  return filter;
}

/// How far apart two pixels of a line are, and how many values each has.
struct Line {
  std::int64_t step;
  std::int64_t c;
};

void apply(const Filter& filter, const std::uint8_t* in, Line from, std::uint8_t* out, Line to) {
  for (std::size_t i = 0; i < filter.taps.size(); ++i) {
    const Taps<std::int32_t>& taps = filter.taps[i];
    for (std::int64_t c = 0; c < to.c; ++c) {
      std::int32_t sum = 1 << (filter.bits - 1);
      for (std::size_t k = 0; k < taps.weights.size(); ++k)
        sum += taps.weights[k] * in[(taps.first + static_cast<std::int64_t>(k)) * from.step + c];
      out[static_cast<std::int64_t>(i) * to.step + c] =
          static_cast<std::uint8_t>(std::clamp(sum >> filter.bits, 0, 255));
    }
  }
}

}  // namespace

Pixels resized_antialiased(const Pixels& picture, std::int64_t h, std::int64_t w) {
  const std::int64_t c = picture.c;
  Pixels wide = picture;
  if (w != picture.w) {
    wide = pixels_of(1, picture.h, w, c);
    const Filter filter = filter_of(picture.w, w);
    for (std::int64_t y = 0; y < picture.h; ++y)
      apply(filter, picture.values.data() + y * picture.w * c, {c, c}, wide.values.data() + y * w * c,
            {c, c});
  }
  if (h == picture.h) return wide;
  Pixels out = pixels_of(1, h, w, c);
  apply(filter_of(picture.h, h), wide.values.data(), {w * c, w * c}, out.values.data(), {w * c, w * c});
  return out;
}

}  // namespace zsq::images
