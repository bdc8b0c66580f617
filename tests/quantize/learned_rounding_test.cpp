#include "quantize/learned/learned_rounding.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "networks.h"
#include "quantize/learned/distillation.h"
#include "quantize/learned/learned_steps.h"
#include "quantize/learned/straight_through.h"
#include "quantize/prepare.h"
#include "quantize/simulate.h"
#include "quantize/steps.h"

namespace zsq::quantize {
namespace {

const Preprocessing kPixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};

MakeCodes straight_through() {
  return [](const torch::Tensor& real, const torch::Tensor&, CodeRange range) {
    return std::make_unique<StraightThrough>(real, range);
  };
}

struct Setting {
  Graph graph;
  torch::Tensor images;
  QuantizedGraph start;
};

Setting setting(int bits) {
  torch::manual_seed(7);
  Setting s{prepared(tests::residual_network()), torch::rand({24, 3, 12, 12}) * 2 - 1, {}};
  const Scheme scheme{.weight_bits = bits, .activation_bits = bits, .rounding = Rounding::nearest};
  State state = calibrated_state(s.graph, kPixels, s.images, scheme);
  s.start = steps_for(s.graph, state, kPixels, scheme, {}).front().change(state, s.images).network;
  return s;
}

double output_error(const Setting& s, const QuantizedGraph& q) {
  const at::NoGradGuard no_gradients;
  const auto wanted = TorchExecutor(s.graph).run_all(s.images);
  const auto got = TorchExecutor(dequantized(q)).run_all(s.images, rounding_tap(q));
  return (got[0] - wanted[0]).square().mean().item<double>();
}

TEST(LearnedRounding, BringsTheOutputsNearerThanNearestRounding) {
  const Setting s = setting(3);
  const auto learned =
      with_learned_rounding(s.start, s.images, straight_through(), {.steps = 60, .batch = 8});
  EXPECT_LT(output_error(s, learned), 0.6 * output_error(s, s.start));
  for (const auto& [id, weight] : learned.weight) {
    for (const int code : weight.codes) EXPECT_LE(std::abs(code), 3);
    for (const double scale : weight.scale) EXPECT_GT(scale, 0);
  }
}

TEST(LearnedRounding, HasThreeLearners) {
  const Setting s = setting(3);
  for (const Learner learner : {Learner::straight_through, Learner::two_neighbours, Learner::mean_field}) {
    const Scheme scheme{.weight_bits = 3, .activation_bits = 3, .learner = learner, .learning_steps = 60};
    State state{s.start, std::make_shared<const Graph>(s.graph)};
    const State learned = with_blocks_learned(state, s.images, scheme, {});
    EXPECT_LT(output_error(s, learned.network), 0.8 * output_error(s, s.start)) << name(learner);
    for (const auto& [id, weight] : learned.network.weight)
      for (const int code : weight.codes) EXPECT_LE(std::abs(code), 3);
  }
}

TEST(LearnedRounding, IsTheSameEveryTimeAndAnotherWithAnotherSeed) {
  const Setting s = setting(4);
  const LearnOptions options{.steps = 8, .batch = 4};
  const auto one = with_learned_rounding(s.start, s.images, straight_through(), options);
  const auto same = with_learned_rounding(s.start, s.images, straight_through(), options);
  LearnOptions reseeded = options;
  reseeded.seed = 1;
  const auto other = with_learned_rounding(s.start, s.images, straight_through(), reseeded);
  bool differs = false;
  for (const auto& [id, weight] : one.weight) {
    EXPECT_EQ(weight.codes, same.weight.at(id).codes);
    EXPECT_EQ(weight.scale, same.weight.at(id).scale);
    differs |= weight.scale != other.weight.at(id).scale;
  }
  EXPECT_EQ(one.activation, same.activation);
  EXPECT_TRUE(differs);
}

TEST(LearnedRounding, WorksForACallerWithoutGradients) {
  const Setting s = setting(4);
  const torch::NoGradGuard no_gradients;
  const auto learned = with_learned_rounding(s.start, s.images, straight_through(), {.steps = 2, .batch = 4});
  EXPECT_NE(learned.activation, s.start.activation) << "nothing was learnt";
  EXPECT_NO_THROW(distilled(s.graph, learned, s.images, straight_through(), {.steps = 2, .batch = 4}));
}

TEST(LearnedRounding, EndsWhenItIsTold) {
  const Setting s = setting(4);
  int asked = 0;
  const auto stop = [&](int, int) {
    if (++asked == 3) throw std::runtime_error("enough");
  };
  EXPECT_THROW(with_learned_rounding(s.start, s.images, straight_through(), {.steps = 50, .batch = 4}, stop),
               std::runtime_error);
  EXPECT_EQ(asked, 3);
}

TEST(Distillation, BringsAllBlocksTogetherNearer) {
  const Setting s = setting(3);
  const auto first = with_learned_rounding(s.start, s.images, straight_through(), {.steps = 30, .batch = 8});
  const auto all = distilled(s.graph, first, s.images, straight_through(), {.steps = 60, .batch = 8});
  EXPECT_LT(output_error(s, all), output_error(s, first));
}

}  // namespace
}  // namespace zsq::quantize
