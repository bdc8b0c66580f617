#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "networks.h"
#include "quantize/calibrate.h"
#include "quantize/fold.h"
#include "quantize/histogram.h"

namespace zsq::quantize {
namespace {

TEST(Cover, HoldsZeroExactlyAndTheRangeWithinAStep) {
  for (const Range r : {Range{0, 6}, Range{-1, 1}, Range{-0.001, 40}, Range{2, 5}, Range{-7, -3}}) {
    for (const int bits : {2, 5, 8}) {
      const QParams p = cover(r, bits);
      EXPECT_EQ(p.real(p.code(0)), 0);
      EXPECT_LE(p.real(p.lowest()), std::min(r.low, 0.0) + p.scale);
      EXPECT_GE(p.real(p.highest()), std::max(r.high, 0.0) - p.scale);
    }
  }
}

TEST(Cover, SymmetricHasItsZeroPointAtZero) {
  EXPECT_EQ(cover_symmetric({-0.5, 2.54}, 8), (QParams{2.54 / 127, 0, 8}));
  EXPECT_EQ(cover_symmetric({-7, 1}, 4), (QParams{1, 0, 4}));
  EXPECT_EQ(cover_symmetric({0, 0}, 8), (QParams{1, 0, 8}));
}

TEST(Cover, GivesARangeOfZeroScaleOne) { EXPECT_EQ(cover({0, 0}, 8), (QParams{1.0, 0, 8})); }

TEST(ChooseRange, CutsAnOutlierOffAtFourBitsAndKeepsItWithMinMax) {
  torch::manual_seed(2);
  auto values = torch::randn({100000}).abs();
  values[0] = 100;
  Histogram h({0, 100});
  h.add(values);
  EXPECT_LT(choose_range(h, RangeMethod::mse, 4).high, 10);
  EXPECT_EQ(choose_range(h, RangeMethod::min_max, 4).high, 100);
}

TEST(CalibrateActivations, MovingOpsAndConcatsShareTheirInputsGrid) {
  const Graph graph = fold_batch_norms(tests::dense_network());
  const auto all = units(graph);
  const Preprocessing pixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};
  const auto grids =
      calibrate_activations(TorchExecutor(graph), all, torch::rand({8, 3, 12, 12}) * 2 - 1, pixels, {});
  for (const Unit& unit : all) {
    if (!moves_values(graph[unit.last].op)) continue;
    EXPECT_EQ(grids[index(unit.last)], grids[index(graph[unit.last].inputs[0])]) << graph[unit.last].name;
  }
}

TEST(CalibrateActivations, LeavesHeadroomInFrontOfTheClassifier) {
  const Graph graph = fold_batch_norms(tests::residual_network());
  const auto all = units(graph);
  const Preprocessing pixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};
  const auto images = torch::rand({8, 3, 12, 12}) * 2 - 1;
  double largest = 0;
  std::size_t pool = 0;
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) {
    if (std::holds_alternative<GlobalAvgPool>(graph[id].op)) {
      pool = index(id);
      largest = value.max().item<double>();
    }
    return value;
  };
  TorchExecutor(graph).run(images, tap);
  const Scheme scheme{.activation_bits = 4, .activation_range = RangeMethod::min_max};
  const auto grids = calibrate_activations(TorchExecutor(graph), all, images, pixels, scheme);
  EXPECT_EQ(grids[pool]->bits, 8);
  EXPECT_GT(grids[pool]->real(grids[pool]->highest()), 1.2 * largest);
}

TEST(CalibrateActivations, RefusesWhatIsNotFinite) {
  const Graph graph = fold_batch_norms(tests::residual_network());
  auto images = torch::rand({2, 3, 12, 12});
  images[0][0][0][0] = std::numeric_limits<float>::infinity();
  const Preprocessing pixels{.mean = {0, 0, 0}, .deviation = {1, 1, 1}};
  EXPECT_THROW(calibrate_activations(TorchExecutor(graph), units(graph), images, pixels, {}), Error);
}

}  // namespace
}  // namespace zsq::quantize
