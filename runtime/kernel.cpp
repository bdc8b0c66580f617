#include "runtime/kernel.h"

#include <cstdlib>
#include <span>

namespace zsq::runtime {

std::vector<std::int64_t> accumulator_bounds(const Kernel& kernel, const Slot& in) {
  const std::int64_t largest = std::int64_t{1} << (in.bits - 1);
  const std::size_t taps = kernel.weight.size() / kernel.bias.size();
  std::vector<std::int64_t> bounds;
  bounds.reserve(kernel.bias.size());
  for (std::size_t o = 0; o < kernel.bias.size(); ++o) {
    std::int64_t sum = 0;  // of at most 2^47 values of at most 2^7: no file holds more
    for (const std::int8_t w : std::span(kernel.weight).subspan(o * taps, taps)) sum += std::abs(int{w});
    bounds.push_back(std::abs(std::int64_t{kernel.bias[o]}) + sum * largest);
  }
  return bounds;
}

}  // namespace zsq::runtime
