#include "search/search.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "../quantize/networks.h"
#include "graph/check.h"
#include "graph/op_traits.h"
#include "quantize/lower.h"
#include "quantize/prepare.h"
#include "runtime/plan_file.h"
#include "search/hessian.h"
#include "search/pareto.h"

namespace zsq::search {
namespace {

const Preprocessing kPixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.25, 0.25, 0.25}};

/// A small network with everything measured.
struct Searched {
  Graph prepared;
  Measured measured;
  Candidates candidates;
  LossMeter meter;
};

Searched searched(const Graph& graph, const WidthsAllowed& allowed) {
  torch::manual_seed(0);
  const Graph prepared = quantize::prepared(graph);
  const Space space = space_of(prepared, allowed);
  const LossMeter meter(prepared, kPixels, torch::rand({16, 3, 12, 12}) * 4 - 2, 1);
  const auto told = [](const std::string&) {};
  Candidates c = candidates(prepared, space, kPixels, meter.images(), {}, told);
  const auto bytes = encode_plan(quantize::lower(assembled(c, space, widest(space)), kPixels)).size();
  Measured m{space,
             direct_sensitivity(c, space, meter, told).noise,
             {.plan_bytes = static_cast<std::int64_t>(bytes)}};
  return {prepared, std::move(m), std::move(c), meter};
}

TEST(Search, SensitivityIsWhatTheIntegerProgramLosesWithThatLayerAlone) {
  const Searched s = searched(tests::residual_network(), {.weights = {3, 8}, .activations = {4, 8}});
  const Space& space = s.measured.space;
  Widths one = widest(space);
  const double base = s.meter.of(assembled(s.candidates, space, one)).noise;
  one.weights[1] = 3;
  const double alone = s.meter.of(assembled(s.candidates, space, one)).noise - base;
  EXPECT_GT(alone, 0);
  EXPECT_EQ(s.measured.sensitivity.weights[1], (std::vector<double>{alone, 0}));
  EXPECT_EQ(predicted(space, s.measured.sensitivity, one), alone);
}

TEST(Search, PredictsTheSizeOfThePlanThatItAsksFor) {
  const Searched s = searched(tests::mobile_network(), {.weights = {2, 3, 5, 8}});
  const Widths few = at_most(s.measured.space, 3, 8);
  const auto real =
      encode_plan(quantize::lower(assembled(s.candidates, s.measured.space, few), kPixels)).size();
  EXPECT_NEAR(cost_at(s.measured, Cost::size, few), static_cast<double>(real),
              0.02 * static_cast<double>(real));
}

TEST(Search, FindsTheBestOfAllWidthsWithinTheGoals) {
  if (!has_solver()) GTEST_SKIP() << "this build has no solver";
  const Searched s = searched(tests::residual_network(), {.weights = {3, 4, 8}, .activations = {5, 8}});
  const Space& space = s.measured.space;
  const double most_operations = 0.5 * cost_at(s.measured, Cost::bit_operations, widest(space));
  const std::vector<Goal> goals{{Cost::average_bits, 5}, {Cost::bit_operations, most_operations}};
  const Widths found = best_widths(s.measured, goals);
  for (const Goal& goal : goals) EXPECT_LE(cost_at(s.measured, goal.cost, found), goal.most);

  double best = 1e300;
  const std::size_t layers = space.layers.size(), knobs = layers + space.groups.size();
  std::vector<std::size_t> at(knobs, 0);
  const auto allowed = [&](std::size_t k) -> const std::vector<int>& {
    return k < layers ? space.layers[k].widths : space.groups[k - layers].widths;
  };
  for (std::size_t k = 0; k < knobs;) {
    Widths w;
    for (std::size_t i = 0; i < knobs; ++i)
      (i < layers ? w.weights : w.activations).push_back(allowed(i)[at[i]]);
    bool fits = true;
    for (const Goal& goal : goals) fits = fits && cost_at(s.measured, goal.cost, w) <= goal.most;
    if (fits) best = std::min(best, predicted(space, s.measured.sensitivity, w));
    for (k = 0; k < knobs && ++at[k] == allowed(k).size(); ++k) at[k] = 0;
  }
  EXPECT_DOUBLE_EQ(predicted(space, s.measured.sensitivity, found), best);
}

TEST(Search, SaysWhatCanBeReachedWhereAGoalCannot) {
  if (!has_solver()) GTEST_SKIP() << "this build has no solver";
  const Searched s = searched(tests::residual_network(), {.weights = {4, 8}});
  try {
    best_widths(s.measured, {{Cost::average_bits, 3.5}});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::target);
    const double least = cost_at(s.measured, Cost::average_bits, at_most(s.measured.space, 4, 8));
    EXPECT_NE(std::string(e.what()).find("reached is " + cost_text(Cost::average_bits, least)),
              std::string::npos)
        << e.what();
  }
}

TEST(Pareto, LosesLessTheMoreItMayCost) {
  if (!has_solver()) GTEST_SKIP() << "this build has no solver";
  const Searched s = searched(tests::mobile_network(), {.weights = {2, 4, 8}, .ends_free = true});
  const auto points = pareto(s.measured, Cost::size, 6, {});
  ASSERT_GE(points.size(), 4U);
  EXPECT_EQ(points.front(), at_most(s.measured.space, 2, 8));
  EXPECT_EQ(predicted(s.measured.space, s.measured.sensitivity, points.back()), 0);
  for (std::size_t i = 1; i < points.size(); ++i) {
    EXPECT_GT(cost_at(s.measured, Cost::size, points[i]), cost_at(s.measured, Cost::size, points[i - 1]));
    EXPECT_LE(predicted(s.measured.space, s.measured.sensitivity, points[i]),
              predicted(s.measured.space, s.measured.sensitivity, points[i - 1]));
  }
}

TEST(Narrowest, IsTheLeastThatIsAccepted) {
  if (!has_solver()) GTEST_SKIP() << "this build has no solver";
  const Searched s = searched(tests::mobile_network(), {.weights = {2, 4, 8}, .ends_free = true});
  const auto bits = [&](const Widths& w) { return cost_at(s.measured, Cost::average_bits, w); };
  const auto found = narrowest(s.measured, {}, [&](const Widths& w) { return bits(w) > 5; });
  ASSERT_TRUE(found.has_value());
  EXPECT_GT(bits(*found), 5);
  EXPECT_LT(bits(*found), 5.3) << "as near as this network's layers allow";
  EXPECT_FALSE(narrowest(s.measured, {}, [](const Widths&) { return false; }).has_value());
}

/// One convolution, whose loss is a square in its weights: its Hessian is known.
TEST(Hessian, IsThatOfASquareWhereTheLossIsOne) {
  tests::NetworkBuilder builder(5);
  builder.conv(6, 1);
  const Searched s = searched(builder.graph, {.weights = {4, 8}, .ends_free = true});
  const auto told = [](const std::string&) {};
  const auto found =
      hessian_sensitivity(s.candidates, s.measured.space, s.meter, {.share = 0.01, .most_probes = 400}, told);
  EXPECT_LE(found.probing.largest_error, 0.01);
  EXPECT_LT(found.probing.probes, 400);
  // The loss is |dW x|^2 / |y|^2: half the trace's mean is sum x^2 / inputs / |y|^2.
  const double x = s.meter.images().square().sum().item<double>();
  const double y = s.meter.wanted()[0].square().sum().item<double>();
  const auto moved = [&](int bits) {
    const auto& q = s.candidates.weight.at(bits).begin()->second;
    const Array& w = *weight_of(s.prepared[s.measured.space.layers[0].node].op);
    double sum = 0;
    for (std::size_t i = 0; i < w.values.size(); ++i) {
      const double d = q.codes[i] * q.scale[i / 3] - double{w.values[i]};
      sum += d * d;
    }
    return sum;
  };
  const double wanted = x / 3 / y * (moved(4) - moved(8));
  EXPECT_NEAR(found.sensitivity.weights[0][0], wanted, 0.05 * wanted);
  EXPECT_EQ(found.sensitivity.weights[0][1], 0);
}

}  // namespace
}  // namespace zsq::search
