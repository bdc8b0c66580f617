#pragma once

#include <cstdint>

namespace zsq::samples {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine, which std's distributions do not
/// promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  /// In [low, high).
  float uniform(float low, float high) {
    return low + (high - low) * (static_cast<float>(next() >> 40) * 0x1p-24F);
  }

  /// In [0, count).
  int below(int count) { return static_cast<int>((next() >> 32) * static_cast<std::uint64_t>(count) >> 32); }

  /// Nearly Gaussian, mean 0 and deviation 1: four uniform numbers added.
  float gaussian() {
    return (uniform(-1, 1) + uniform(-1, 1) + uniform(-1, 1) + uniform(-1, 1)) * 0.8660254F;
  }

 private:
  std::uint64_t state_;
};

}  // namespace zsq::samples
