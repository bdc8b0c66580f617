#pragma once

#include <vector>

#include "graph/op.h"
#include "runtime/slot.h"

namespace zsq::runtime {

/// Weights of a convolution: [out][kernel.h][kernel.w][in / groups], symmetric, in [-(2^(bits-1)-1),
/// 2^(bits-1)-1].
struct Kernel {
  int bits = 8;  // 2..8
  std::int64_t outputs = 0, inputs_per_group = 0;
  int groups = 1;
  Window window;  // padding is filled with the input's zero point
  std::vector<std::int8_t> weight;
  std::vector<std::int32_t> bias;  // [out], the input's zero point folded in
  bool operator==(const Kernel&) const = default;
};

/// For each output of the kernel, the largest |accumulator| that any input of the (narrow) slot makes: |bias|
/// + sum |w| * largest |x|. It holds for every partial sum in any order too. Padding is the input's zero
/// point, so it is one of its values. Requires as many weights for each bias.
std::vector<std::int64_t> accumulator_bounds(const Kernel& kernel, const Slot& in);

}  // namespace zsq::runtime
