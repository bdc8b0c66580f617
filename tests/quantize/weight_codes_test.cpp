#include <gtest/gtest.h>
#include <torch/types.h>

#include "quantize/learned/proximal_mean_field.h"
#include "quantize/learned/straight_through.h"
#include "quantize/learned/two_neighbours.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

const Tensor kReal = torch::tensor({{0.2F, -1.4F, 2.9F, -7.3F}, {0.5F, 1.0F, 6.6F, 9.0F}});
constexpr CodeRange kRange{-7, 7};

bool are_integers(const Tensor& t) { return t.equal(t.round()); }

TEST(TwoNeighbours, BeginAtTheWeightsAndEndBesideThem) {
  const TwoNeighbours codes(kReal, kRange);
  EXPECT_TRUE(codes.soft(0).allclose(kReal.clamp(-7, 7), 0, 1e-5));
  EXPECT_TRUE(are_integers(codes.hard()));
  EXPECT_LE((codes.hard() - kReal.clamp(-7, 7)).abs().max().item<float>(), 0.5001F);
}

TEST(TwoNeighbours, PayForBeingBetweenIntegersAfterTheWarmUp) {
  const TwoNeighbours codes(kReal, kRange);
  EXPECT_FALSE(codes.penalty(0.1).defined());
  EXPECT_GT(codes.penalty(0.9).item<double>(), 0.2);
  const TwoNeighbours decided(torch::tensor({{1.0F, -3.0F}}), kRange);
  EXPECT_LT(decided.penalty(0.9).item<double>(), 1e-5);
}

TEST(StraightThrough, IsOnIntegersAndPassesGradients) {
  const StraightThrough codes(kReal, kRange);
  EXPECT_TRUE(codes.soft(0).equal(torch::tensor({{0.F, -1.F, 3.F, -7.F}, {1.F, 1.F, 7.F, 7.F}})));
  EXPECT_TRUE(codes.soft(0).equal(codes.hard()));
  codes.soft(0).sum().backward();
  EXPECT_TRUE(codes.parameters()[0].grad().equal(torch::ones_like(kReal)));
}

TEST(ProximalMeanField, WithTwoLabelsIsASigmoidOfTheirDifference) {
  const ProximalMeanField codes(kReal, kRange, 2);
  const Tensor u = codes.parameters()[0];
  for (const double beta : {1.0, 3.0, 50.0}) {
    const Tensor lower = kReal.sub(0.5).round().clamp(-7, 6);
    const Tensor expected = lower + torch::sigmoid(beta * (u.select(2, 1) - u.select(2, 0)));
    EXPECT_TRUE(codes.mean(beta).allclose(expected, 0, 1e-5)) << beta;
  }
}

TEST(ProximalMeanField, BecomesASignForCold) {
  torch::manual_seed(5);
  const ProximalMeanField codes(torch::randn({3, 40}), {-1, 1}, 3);
  const ProximalMeanField binary(torch::randn({3, 40}).abs() - 0.4, {0, 1}, 2);
  const Tensor u = binary.parameters()[0];
  const Tensor sign = (u.select(2, 1) - u.select(2, 0)).sign();
  EXPECT_TRUE(binary.mean(1e7).allclose((sign + 1) / 2, 0, 1e-5));
  EXPECT_TRUE(codes.mean(1e7).allclose(codes.hard(), 0, 1e-4));
}

TEST(ProximalMeanField, DecidesAsBetaGrows) {
  const ProximalMeanField codes(kReal + 0.1, kRange, 4);  // none half-way
  EXPECT_GT(codes.entropy(ProximalMeanField::beta(0)), 10 * codes.entropy(ProximalMeanField::beta(1)));
  EXPECT_TRUE(are_integers(codes.hard()));
  EXPECT_LE(codes.hard().abs().max().item<float>(), 7);
  EXPECT_DOUBLE_EQ(ProximalMeanField::beta(0), 1);
  EXPECT_DOUBLE_EQ(ProximalMeanField::beta(1), 100);
}

}  // namespace
}  // namespace zsq::quantize
