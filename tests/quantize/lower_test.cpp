#include "quantize/lower.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/executor.h"
#include "networks.h"
#include "quantize/fold.h"
#include "quantize/quantize.h"
#include "quantize/sqnr.h"
#include "runtime/session.h"

namespace zsq::quantize {
namespace {

const Preprocessing kPixels{.mean = {0.5, 0.4, 0.6}, .deviation = {0.25, 0.3, 0.2}};

torch::Tensor some_pixels(std::int64_t count) {
  torch::manual_seed(7);
  return torch::randint(0, 256, {count, 12, 12, 3}, torch::kUInt8);
}

torch::Tensor normalised(const torch::Tensor& pixels) {
  const auto mean = torch::tensor(kPixels.mean, torch::kFloat),
             deviation = torch::tensor(kPixels.deviation, torch::kFloat);
  return ((pixels.to(torch::kFloat) / 255 - mean) / deviation).permute({0, 3, 1, 2}).contiguous();
}

torch::Tensor run(const runtime::PlanFile& file, const torch::Tensor& pixels) {
  const auto session = runtime::make_session(file.plan, runtime::Device::reference);
  torch::Tensor logits = torch::empty({pixels.size(0), runtime::classes(file.plan).value()}, torch::kInt32);
  session->run({pixels.data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())},
               {logits.data_ptr<std::int32_t>(), static_cast<std::size_t>(logits.numel())});
  return logits.to(torch::kFloat64) * file.metadata.tensors[runtime::index(file.plan.outputs.front())].scale;
}

struct Case {
  const char* name;
  Graph (*make)();
};

class Lower : public testing::TestWithParam<Case> {};

TEST_P(Lower, TheIntegerProgramIsCloseToTheFloatNetwork) {
  const Graph graph = GetParam().make();
  const auto pixels = some_pixels(32);
  const Result result = quantize(graph, kPixels, normalised(pixels), {});
  const auto wanted = TorchExecutor(fold_batch_norms(graph)).run(normalised(pixels));
  const double sqnr = sqnr_db(wanted, run(result.file, pixels));
  EXPECT_GT(sqnr, 30) << "8 bits of random weights and activations";
  // The simulation that steps are judged by is a picture of the program itself.
  double best = 0;
  for (const StepReport& step : result.steps)
    if (step.kept) best = step.sqnr_db.value();
  EXPECT_NEAR(sqnr, best, 3);
}

TEST_P(Lower, EveryWidthGivesAValidPlanAndMoreBitsGiveMoreSignal) {
  const Graph graph = GetParam().make();
  const auto pixels = some_pixels(16);
  const auto wanted = TorchExecutor(fold_batch_norms(graph)).run(normalised(pixels));
  double before = -100;
  for (const int bits : {2, 4, 6, 8}) {
    const Result result = quantize(graph, kPixels, normalised(pixels),
                                   {.weight_bits = bits, .activation_bits = bits, .learning_steps = 20});
    runtime::validate(result.file.plan);
    const double sqnr = sqnr_db(wanted, run(result.file, pixels));
    EXPECT_GT(sqnr, before) << bits << " bits";
    before = sqnr;
  }
}

TEST_P(Lower, TheSameArgumentsGiveTheSamePlan) {
  const Graph graph = GetParam().make();
  const auto images = normalised(some_pixels(8));
  EXPECT_EQ(quantize(graph, kPixels, images, {}).file, quantize(graph, kPixels, images, {}).file);
}

INSTANTIATE_TEST_SUITE_P(Networks, Lower,
                         testing::Values(Case{"residual", tests::residual_network},
                                         Case{"mobile", tests::mobile_network},
                                         Case{"dense", tests::dense_network}),
                         [](const auto& c) { return c.param.name; });

TEST(LowerOne, ANetworkThatEndsInAPoolAddsUpInt32) {
  tests::NetworkBuilder b(9);
  b.conv(10, 3, 1, 1, {1, 1, 1, 1});
  b.relu();
  b.add("pool", GlobalAvgPool{}, {b.last});
  const auto pixels = some_pixels(8);
  const Result result = quantize(b.graph, kPixels, normalised(pixels), {});
  EXPECT_TRUE(std::holds_alternative<runtime::WideAvgPool>(result.file.plan.steps.back()));
  EXPECT_GT(sqnr_db(TorchExecutor(b.graph).run(normalised(pixels)), run(result.file, pixels)), 30);
}

TEST(LowerOne, DeadChannelsHoldTheirBiasAndNothingElse) {
  tests::NetworkBuilder b(9);
  Conv2d conv;
  conv.weight = {{4, 3, 1, 1}, std::vector<float>(12, 0.0F)};
  conv.bias = {0.5F, -1.0F, 2.0F, 0.0F};
  for (int i = 9; i < 12; ++i) conv.weight.values[static_cast<std::size_t>(i)] = 1e-30F;
  conv.weight.values[0] = 0.7F;
  b.add("conv", conv, {b.last});
  b.add("pool", GlobalAvgPool{}, {b.last});
  b.linear(3);
  const auto pixels = some_pixels(8);
  const Result result = quantize(b.graph, kPixels, normalised(pixels), {});
  ASSERT_EQ(result.constant_channels.size(), 1U);
  EXPECT_EQ(result.constant_channels[0].substr(0, 7), "conv1: ");
  EXPECT_GT(sqnr_db(TorchExecutor(b.graph).run(normalised(pixels)), run(result.file, pixels)), 30);
}

TEST(LowerOne, RefusesByNameWhatTheIntegerMachineCannotDo) {
  tests::NetworkBuilder b(9);
  b.conv(10, 3);
  b.add("flatten", Flatten{}, {b.last});
  b.relu();
  b.linear(3);
  try {
    quantize(b.graph, kPixels, normalised(some_pixels(4)), {});
    FAIL() << "was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::unsupported);
    EXPECT_NE(std::string(e.what()).find("flatten2"), std::string::npos) << e.what();
  }
}

TEST(Bits, OfALayerAreThoseOfThePlan) {
  const Result result = quantize(tests::residual_network(), kPixels, normalised(some_pixels(8)),
                                 {.bits = parse_bits("conv4=3/5"), .learning_steps = 2});
  int narrow = 0;
  for (const auto& step : result.file.plan.steps)
    if (const auto* conv = std::get_if<runtime::Conv2d>(&step); conv != nullptr && conv->kernel.bits == 3) {
      ++narrow;
      EXPECT_EQ(result.file.plan[conv->out].bits, 5);
    }
  EXPECT_EQ(narrow, 1);
}

TEST(Steps, AreJudgedByImagesThatTheyWereNotFittedOn) {
  const Graph graph = tests::residual_network();
  const auto images = normalised(some_pixels(9));
  const Result result = quantize(graph, kPixels, images, {});
  EXPECT_EQ(result.images.all, 9);
  EXPECT_EQ(result.images.judged_by, 2);
  for (const StepReport& step : result.steps) EXPECT_TRUE(step.sqnr_db.has_value()) << step.name;
  EXPECT_EQ(result.recipe.image_count, 9);
  EXPECT_EQ(result.recipe.steps_kept.size() + result.recipe.steps_undone.size(), result.steps.size());
  EXPECT_EQ(result.file.metadata.recipe, to_json(result.recipe).dump());
  // Biases that were corrected on one image are right for that image, whatever they are for others.
  const Result one = quantize(graph, kPixels, images.slice(0, 0, 1), {});
  EXPECT_EQ(one.images.judged_by, 0);
  for (const StepReport& step : one.steps) EXPECT_FALSE(step.sqnr_db.has_value()) << *step.sqnr_db;
}

TEST(Steps, AreFittedOnAllImagesInTheEnd) {
  const Graph graph = tests::residual_network();
  const auto images = normalised(some_pixels(8));
  auto other = images.clone();
  other[3] = images[0] * 0.5;  // of those that only judge
  EXPECT_NE(quantize(graph, kPixels, images, {}).file, quantize(graph, kPixels, other, {}).file);
}

TEST(Scheme, RefusesWidthsOutsideTwoToEight) {
  EXPECT_THROW(check_scheme({.weight_bits = 1}), Error);
  EXPECT_THROW(check_scheme({.activation_bits = 9}), Error);
}

}  // namespace
}  // namespace zsq::quantize
