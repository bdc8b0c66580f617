#include "runtime/nibble_weights.h"

#include <algorithm>
#include <array>

namespace zsq::runtime {
namespace {

constexpr int kFactorBits = 4;  // 16 = 2^4

bool fits_sixteenfold(const Kernel& kernel, const Slot& in, const auto& first_shift_of) {
  const auto bounds = accumulator_bounds(kernel, in);
  for (std::size_t o = 0; o < bounds.size(); ++o) {
    const int shift = first_shift_of(o);
    const std::int64_t most = bounds[o] + ((std::int64_t{1} << shift) >> 1);
    if (shift + kFactorBits > 31 || most >= std::int64_t{1} << (31 - kFactorBits)) return false;
  }
  return true;
}

/// Of all halves of all groups of so many words, the largest sum of weights of one sign.
std::int64_t heaviest(const Kernel& kernel, std::int64_t run, std::int64_t words) {
  std::int64_t most = 0;
  for (std::int64_t begin = 0; begin < std::ssize(kernel.weight); begin += run)
    for (std::int64_t k = 0; k < run; k += 4 * words) {
      std::array<std::int64_t, 2> positive{}, negative{};  // by half
      for (std::int64_t i = k; i < std::min(k + 4 * words, run); ++i) {
        const std::int64_t w = kernel.weight[static_cast<std::size_t>(begin + i)];
        (w > 0 ? positive : negative)[static_cast<std::size_t>(i / 2 % 2)] += w;
      }
      for (std::size_t h = 0; h < 2; ++h) most = std::max({most, positive[h], -negative[h]});
    }
  return most;
}

}  // namespace

bool fits_sixteenfold(const Plan& plan, const Conv2d& step) {
  return fits_sixteenfold(step.kernel, plan[step.in],
                          [&](std::size_t o) { return step.rescale[o].first_shift; });
}
bool fits_sixteenfold(const Plan& plan, const WideConv2d& step) {
  return fits_sixteenfold(step.kernel, plan[step.in], [&](std::size_t o) { return step.shift[o]; });
}

std::int64_t words_in_16_bits(const Kernel& kernel, int bits, std::int64_t run) {
  constexpr std::int64_t kLargest = 32767;
  const std::int64_t highest = (std::int64_t{1} << bits) - 1;  // of an input
  for (std::int64_t words = 64; words > 2; words /= 2)
    if (heaviest(kernel, run, words) * highest <= kLargest) return words;
  return 2;
}

std::int64_t run_of(const Kernel& kernel) {
  return kernel.inputs_per_group * (kernel.window.dilation.w == 1 ? kernel.window.kernel.w : 1);
}

}  // namespace zsq::runtime
