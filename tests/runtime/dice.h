#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <random>

namespace zsq::runtime {

/// The same numbers on every machine, which the standard's distributions do not promise.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return std::data(choices)[between(0, std::ssize(choices) - 1)];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace zsq::runtime
