#include "quantize/round_weights.h"

#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq::quantize {
namespace {

std::vector<float> random_weights(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.02F, 0.1F);
  std::vector<float> w(count);
  for (float& v : w) v = normal(random);
  return w;
}

double left_over(std::span<const float> w, std::span<const std::int8_t> codes, double scale) {
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] / scale - codes[i];
  return sum;
}

TEST(RoundChannel, SumPreservingCancelsToAHalfInEachKernelAndInTheChannel) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const auto w = random_weights(9 * 16, seed);
    const double scale = choose_scale(w, 4, RangeMethod::min_max);
    const auto codes = round_channel(w, 9, scale, 4, Rounding::sum_preserving);
    EXPECT_LE(std::abs(left_over(w, codes, scale)), 0.5 + 1e-9);
    for (std::size_t k = 0; k < 16; ++k)  // the channel's own balance may move one code of a kernel by one
      EXPECT_LE(
          std::abs(left_over(std::span(w).subspan(9 * k, 9), std::span(codes).subspan(9 * k, 9), scale)),
          1.0);
  }
}

TEST(RoundChannel, MovesNoCodeByMoreThanOneStepAndStaysInRange) {
  for (const int bits : {2, 3, 4, 8}) {
    const auto w = random_weights(9 * 8, 3);
    const double scale = choose_scale(w, bits, RangeMethod::mse);
    const auto codes = round_channel(w, 9, scale, bits, Rounding::sum_preserving);
    const auto near = round_channel(w, 9, scale, bits, Rounding::nearest);
    const int highest = (1 << (bits - 1)) - 1;
    for (std::size_t i = 0; i < w.size(); ++i) {
      EXPECT_LE(std::abs(codes[i]), highest);
      EXPECT_LE(std::abs(codes[i] - near[i]), 1);
    }
  }
}

TEST(QuantizeWeight, GivesAChannelOfZerosScaleOneAndCodesZero) {
  Array weight{{2, 1, 3, 3}, random_weights(18, 5)};
  std::fill(weight.values.begin(), weight.values.begin() + 9, 0.0F);
  const std::vector<double> no_floor{0, 0};
  const QuantizedWeight q = quantize_weight(weight, no_floor, {});
  EXPECT_EQ(q.scale[0], 1.0);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(q.codes[static_cast<std::size_t>(i)], 0);
  EXPECT_EQ(constant_outputs(q), 1);
}

TEST(QuantizeWeight, RaisesAScaleThatTheBiasDoesNotFit) {
  const Array weight{{1, 1, 1, 2}, {1e-20F, -1e-20F}};
  const std::vector<double> floor{0.5};
  const QuantizedWeight q = quantize_weight(weight, floor, {});
  EXPECT_EQ(q.codes, (std::vector<std::int8_t>{0, 0}));
}

TEST(QuantizeWeight, SharesAScaleWhereATensorDoes) {
  Array weight{{4, 3, 3, 3}, random_weights(4 * 27, 7)};
  for (std::size_t i = 0; i < 27; ++i) weight.values[i] *= 30;
  const std::vector<double> smallest(4, 0.0);
  Scheme scheme{.rounding = Rounding::nearest, .weight_range = RangeMethod::min_max};
  const QuantizedWeight apart = quantize_weight(weight, smallest, scheme);
  scheme.granularity = Granularity::tensor;
  const QuantizedWeight shared = quantize_weight(weight, smallest, scheme);
  for (std::size_t o = 0; o < 4; ++o) EXPECT_EQ(shared.scale[o], shared.scale[0]);
  EXPECT_EQ(shared.scale[0], apart.scale[0]) << "the widest channel decides";
  EXPECT_GT(apart.scale[0], 5 * apart.scale[1]);
  scheme.rounding = Rounding::learned;
  EXPECT_THROW(check_scheme(scheme), Error);
}

}  // namespace
}  // namespace zsq::quantize
