// A layer beside a residual: what its integers make, against the exact sum over the whole range.
#include <cmath>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "quantize/lower_layer.h"

namespace zsq::quantize {
namespace {

/// One channel whose accumulator can be anything of 2^29 in amount.
struct Layer {
  QParams out, residual;
  runtime::Conv2d step;

  Layer(double factor, QParams out_, QParams residual_, runtime::Clamp clamp)
      : out(out_), residual(residual_) {
    step.kernel = {.outputs = 1, .inputs_per_group = 1, .window = {}, .weight = {1}, .bias = {1 << 29}};
    step.clamp = clamp;
    step.residual.emplace();
    lower_epilogue(step, std::vector{factor * out.scale}, {.shape = {1, 1, 1, 1}}, out, residual);
  }

  int made(std::int64_t acc, int q) const {
    const std::int32_t term = runtime::residual_term(q - residual.zero_point, step.residual->multiplier[0],
                                                     step.residual->shift[0]);
    return runtime::requantize(static_cast<std::int32_t>(acc), term, step.rescale[0], out.zero_point,
                               step.clamp);
  }
};

TEST(Residual, BringsBackALargeAccumulator) {
  const Layer layer(1.0 / 128, {.scale = 1}, {.scale = 2}, {});
  EXPECT_EQ(layer.made(-300 * 128, 127), -46);
  EXPECT_EQ(layer.made(300 * 128, -128), 44);
}

/// Accumulators around each output step that the residual's most and least can bring back, and far beyond.
std::vector<std::int64_t> accumulators(double factor, double ratio) {
  std::vector<std::int64_t> all{0, 1 << 29, -(1 << 29)};
  const double most = 256 * (1 + ratio) * 1.1;
  for (double steps = -most; steps <= most; steps += 0.3) all.push_back(std::llround(steps / factor));
  std::erase_if(all, [](std::int64_t acc) { return std::abs(acc) > 1 << 29; });
  return all;
}

void expect_exact_but_for_the_last_step(double factor, double ratio, int zero_point, runtime::Clamp clamp) {
  const Layer layer(factor, {.scale = 0.5, .zero_point = zero_point},
                    {.scale = 0.5 * ratio, .zero_point = -zero_point / 2}, clamp);
  for (const std::int64_t acc : accumulators(factor, ratio))
    for (const int q : {-128, -127, -60, -1, 0, 1, 31, 126, 127}) {
      const double sum = static_cast<double>(acc) * factor + (q - layer.residual.zero_point) * ratio;
      const double exact =
          std::clamp(std::floor(sum + 0.5) + zero_point, double(clamp.low), double(clamp.high));
      ASSERT_LE(std::abs(layer.made(acc, q) - exact), 1)
          << acc << " by " << factor << " beside " << q << " by " << ratio << ", zero point " << zero_point;
    }
}

/// Two roundings, so never more than one step beside the exact one: nothing is cut off.
TEST(Residual, EqualsTheExactSumOverTheWholeRangeButForTheLastStep) {
  for (double ratio = 1.0 / 64; ratio <= 16; ratio *= 1.2599)
    for (const double factor : {1e-5, 0.0011, 0.0077, 1.0 / 64, 0.3, 1.7})
      for (const int zero_point : {-128, -3, 0, 90, 127})
        for (const runtime::Clamp clamp : {runtime::Clamp{}, runtime::Clamp{zero_point, 127}})
          ASSERT_NO_FATAL_FAILURE(expect_exact_but_for_the_last_step(factor, ratio, zero_point, clamp));
}

TEST(Residual, OfAnImpossibleWidthIsRefused) {
  EXPECT_NO_THROW(Layer(1.0 / 64, {.scale = 1}, {.scale = 1 << 16}, {}));
  for (const double ratio : {0x1p24, 1e30, 1e300})
    EXPECT_THROW(Layer(1.0 / 64, {.scale = 1}, {.scale = ratio}, {}), Error) << ratio;
}

}  // namespace
}  // namespace zsq::quantize
