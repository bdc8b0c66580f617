#include "runtime/nibble_weights.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/runtime/dice.h"
#include "tests/runtime/plan_builder.h"

namespace zsq::runtime {
namespace {

Kernel kernel_of(std::int64_t outputs, std::int64_t run, const auto& weight) {
  Kernel kernel{.bits = 4, .outputs = outputs, .inputs_per_group = run};
  for (std::int64_t i = 0; i < outputs * run; ++i)
    kernel.weight.push_back(static_cast<std::int8_t>(weight(i)));
  kernel.bias.resize(static_cast<std::size_t>(outputs));
  return kernel;
}

/// The largest amount that a half of so many words reaches, over inputs of that many bits that are 0 or
/// largest: by trying each sign.
std::int64_t reach(const Kernel& kernel, int bits, std::int64_t run, std::int64_t words) {
  std::int64_t most = 0;
  for (const int sign : {-1, 1})
    for (std::int64_t begin = 0; begin < std::ssize(kernel.weight); begin += run)
      for (std::int64_t half = 0; half < 2; ++half) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < run; ++i) {
          if (i % (4 * words) == 0) sum = 0;
          const std::int64_t w = sign * kernel.weight[static_cast<std::size_t>(begin + i)];
          if (i / 2 % 2 == half && w > 0) sum += w * ((1 << bits) - 1);
          most = std::max(most, sum);
        }
      }
  return most;
}

TEST(WordsIn16Bits, AreAsManyAsTheWeightsProve) {
  const Kernel heavy = kernel_of(2, 256, [](std::int64_t) { return 7; });
  EXPECT_EQ(words_in_16_bits(heavy, 8, 256), 8) << "8 words, 2 weights of 7 each, 255: 28560";
  EXPECT_EQ(words_in_16_bits(heavy, 4, 256), 64) << "15 instead of 255";
  const Kernel light = kernel_of(2, 256, [](std::int64_t i) { return i % 5 == 0 ? -1 : 0; });
  EXPECT_EQ(words_in_16_bits(light, 8, 256), 64);
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Dice dice(seed);
    const std::int64_t run = dice.between(1, 300), largest = dice.between(1, 7);
    const Kernel kernel = kernel_of(3, run, [&](std::int64_t) { return dice.between(-largest, 7); });
    for (const int bits : {2, 5, 8}) {
      const std::int64_t words = words_in_16_bits(kernel, bits, run);
      EXPECT_LE(reach(kernel, bits, run, words), 32767) << seed;
      if (words < 64) {
        EXPECT_GT(reach(kernel, bits, run, 2 * words), 32767) << seed << ": more would do";
      }
    }
  }
}

TEST(FitsSixteenfold, UpToTheLastSumThatDoes) {
  PlanBuilder builder(1, {1, 8, 4, 4}, Manner::common);
  const SlotId wide = builder.conv(builder.image(), {.outputs = 1, .bits = 4});
  Plan plan = builder.finish({wide});
  auto& step = std::get<Conv2d>(plan.steps.back());
  step.rescale[0].first_shift = 5;
  const auto bound = accumulator_bounds(step.kernel, plan[step.in])[0] - std::abs(step.kernel.bias[0]);
  step.kernel.bias[0] = static_cast<std::int32_t>((1 << 27) - 1 - 16 - bound);
  EXPECT_TRUE(fits_sixteenfold(plan, step));
  ++step.kernel.bias[0];
  EXPECT_FALSE(fits_sixteenfold(plan, step));
  step.kernel.bias[0] = 0;
  step.rescale[0].first_shift = 27;
  EXPECT_TRUE(fits_sixteenfold(plan, step)) << "shifted by 31";
  step.rescale[0].first_shift = 28;
  EXPECT_FALSE(fits_sixteenfold(plan, step));
}

}  // namespace
}  // namespace zsq::runtime
