#include "runtime/narrow_sums.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "tests/runtime/dice.h"

namespace zsq::runtime {
namespace {

std::vector<std::int8_t> weights(std::int64_t words, int largest, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<std::int8_t> all(static_cast<std::size_t>(words * WordWeights::kSize));
  for (std::int8_t& w : all) w = static_cast<std::int8_t>(dice.between(-largest, largest));
  return all;
}

/// vpmaddubsw: saturates.
std::int16_t pair(std::int32_t u0, std::int32_t w0, std::int32_t u1, std::int32_t w1) {
  return static_cast<std::int16_t>(std::clamp(u0 * w0 + u1 * w1, -32768, 32767));
}

/// What the loops make of inputs u, four a word, for each lane: pairs saturate, sums of 16 bits wrap around.
std::vector<std::int32_t> computed(const NarrowSums& sums, const std::vector<std::uint8_t>& u) {
  std::vector<std::int32_t> lanes(WordWeights::kLanes, 0);
  std::size_t product = 0, sum = 0;
  for (std::size_t count = NarrowSums::kMost; count >= 1; --count)
    for (std::int64_t i = 0; i < sums.sums[count - 1]; ++i, ++sum, product += count)
      for (std::size_t half = 0; half < 2 * lanes.size(); ++half) {
        auto value = static_cast<std::uint16_t>(sums.centre[sum * 2 * lanes.size() + half]);
        for (std::size_t p = product; p < product + count; ++p) {
          const std::int8_t* const w = &sums.weight[p * WordWeights::kSize + 2 * half];
          const std::uint8_t* const four = &u[static_cast<std::size_t>(4 * sums.word[p])] + half % 2 * 2;
          value = static_cast<std::uint16_t>(value + pair(four[0], w[0], four[1], w[1]));
        }
        lanes[half / 2] += static_cast<std::int16_t>(value);
      }
  return lanes;
}

/// Of x = u - 2^(bits-1), in 32 bits.
std::vector<std::int32_t> exact(const WordWeights& of, const std::vector<std::uint8_t>& u) {
  std::vector<std::int32_t> lanes(WordWeights::kLanes, 0);
  for (std::size_t i = 0; i < of.weight.size(); ++i) {
    const std::size_t input = i / WordWeights::kSize * 4 + i % 4;
    lanes[i / 4 % WordWeights::kLanes] += of.weight[i] * (u[input] - (1 << (of.bits - 1)));
  }
  return lanes;
}

class NarrowSumsOf : public testing::TestWithParam<int> {};  // bits of the inputs

TEST_P(NarrowSumsOf, AreExactForInputsAtTheirExtremes) {
  const int bits = GetParam();
  const auto most = static_cast<std::uint8_t>((1 << bits) - 1);
  for (const int largest : {1, 7, 40, 64, 100, 127})
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const std::int64_t words = 1 + static_cast<std::int64_t>(seed % 9);
      const auto weight = weights(words, largest, seed);
      const WordWeights of{weight, bits};
      const NarrowSums sums = narrow_sums(of);
      ASSERT_NO_THROW(prove_narrow_sums(sums, of));
      Dice dice(seed + 77);
      // For each lane and half the inputs that make it largest and smallest, and some by chance.
      for (std::size_t lane = 0; lane < 8; ++lane)
        for (const bool low : {false, true}) {
          std::vector<std::uint8_t> u(static_cast<std::size_t>(4 * words));
          for (std::size_t i = 0; i < u.size(); ++i)
            u[i] = (weight[i / 4 * WordWeights::kSize + 4 * lane + i % 4] > 0) != low ? most : 0;
          ASSERT_EQ(computed(sums, u), exact(of, u)) << largest << " lane " << lane;
          for (std::uint8_t& v : u) v = static_cast<std::uint8_t>(dice.between(0, most));
          ASSERT_EQ(computed(sums, u), exact(of, u)) << largest;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Bits, NarrowSumsOf, testing::Values(2, 4, 7, 8));

TEST(NarrowSums, SplitWhereAPairCanLeave16Bits) {
  std::vector<std::int8_t> weight(WordWeights::kSize, 0);
  weight[0] = 127;
  weight[1] = 1;  // 255 * 128 < 2^15
  EXPECT_EQ(narrow_sums({weight, 8}).split, 0);
  weight[1] = 2;
  const NarrowSums sums = narrow_sums({weight, 8});
  EXPECT_EQ(sums.split, 1);
  EXPECT_EQ(sums.products(), 2);
  EXPECT_EQ(sums.sum_count(), 1);  // |129| fits one sum once it is centred
  EXPECT_EQ(narrow_sums({weight, 7}).split, 0);
  weight[1] = -127;
  EXPECT_EQ(narrow_sums({weight, 8}).split, 0);
}

TEST(NarrowSums, HoldAsManyProductsAsTheirWeightsAllow) {
  const std::vector<std::int8_t> light(8 * WordWeights::kSize, 31);  // 4 * 62 <= 255
  EXPECT_EQ(narrow_sums({light, 8}).sums, (std::array<std::int64_t, 4>{0, 0, 0, 2}));
  const std::vector<std::int8_t> heavy(8 * WordWeights::kSize, 32);
  EXPECT_EQ(narrow_sums({heavy, 8}).sums, (std::array<std::int64_t, 4>{0, 1, 2, 0}));
}

TEST(NarrowSums, AreRefusedWhereAnythingIsAmiss) {
  const auto weight = weights(6, 127, 3);
  const WordWeights of{weight, 8};
  const NarrowSums right = narrow_sums(of);
  NarrowSums wrong = right;
  wrong.weight[5] = static_cast<std::int8_t>(wrong.weight[5] ^ 1);
  EXPECT_THROW(prove_narrow_sums(wrong, of), Error);
  wrong = right;
  wrong.centre[9] = static_cast<std::int16_t>(wrong.centre[9] + 1);
  EXPECT_THROW(prove_narrow_sums(wrong, of), Error);
  wrong = right;
  wrong.word[0] = (wrong.word[0] + 1) % 6;
  EXPECT_THROW(prove_narrow_sums(wrong, of), Error);
  EXPECT_THROW(prove_narrow_sums(right, {weight, 9}), Error) << "inputs twice as large";
  wrong = {.word = {0, 1},
           .weight = std::vector<std::int8_t>(2 * WordWeights::kSize, 64),
           .centre = std::vector<std::int16_t>(16),
           .sums = {0, 1, 0, 0}};
  const std::vector<std::int8_t> both(2 * WordWeights::kSize, 64);
  EXPECT_THROW(prove_narrow_sums(wrong, {both, 8}), Error) << "a sum of 256 times 128";
}

TEST(NarrowSums, OfALayerSayWhatTheyCost) {
  Kernel kernel{.outputs = 12, .inputs_per_group = 64, .weight = std::vector<std::int8_t>(12 * 576, 20)};
  kernel.window.kernel = {3, 3};
  const NarrowLayer light = narrow_layer(kernel, 8, 3 * 64);
  EXPECT_EQ(light.cost.vectors, 2);
  EXPECT_EQ(light.cost.words, 2 * 144);
  EXPECT_EQ(light.cost.products, 2 * 144);
  EXPECT_EQ(light.cost.sums, 2 * 36);
  EXPECT_TRUE(light.cost.is_less());
  std::ranges::fill(kernel.weight, std::int8_t{127});
  const NarrowLayer heavy = narrow_layer(kernel, 8, 3 * 64);
  EXPECT_EQ(heavy.cost.products, 2 * heavy.cost.words);
  EXPECT_FALSE(heavy.cost.is_less());
}

}  // namespace
}  // namespace zsq::runtime
