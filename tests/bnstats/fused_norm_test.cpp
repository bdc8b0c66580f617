#include "bnstats/fused_norm.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "bnstats/probe.h"
#include "tests/bnstats/tiny_net.h"

namespace zsq::bnstats {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Statistics random_statistics(std::int64_t channels) {
  torch::manual_seed(5);
  return {.norm = NodeId{0},
          .name = "bn",
          .mean = torch::randn({channels}) * 0.1,
          .variance = torch::rand({channels}) + 0.5,
          .gamma = torch::rand({channels}) + 0.5,
          .beta = torch::randn({channels}) * 0.5,
          .alive = torch::ones({channels})};
}

NormOutput composed(const torch::Tensor& x, const Statistics& s, const Clamp& activation) {
  const auto out = torch::batch_norm(x, s.gamma, s.beta, s.mean, s.variance, false, 0.0, s.epsilon, true);
  return {out.clamp(activation.low, activation.high),
          {x.mean({0, 2, 3}), x.square().mean({0, 2, 3}) - x.mean({0, 2, 3}).square()}};
}

/// A scalar that reaches the input through every output.
torch::Tensor scalar(const NormOutput& out, const torch::Tensor& factor) {
  return (out.value * factor).sum() + (out.moments.mean * 3).sum() + out.moments.variance.square().sum();
}

struct Case {
  std::vector<std::int64_t> extents;
  Clamp activation;
};

class FusedNormCase : public testing::TestWithParam<Case> {};

TEST_P(FusedNormCase, EqualsTheComposedOperationsAndTheirGradient) {
  const auto& [extents, activation] = GetParam();
  const Statistics stored = random_statistics(extents[1]);
  const auto a = torch::randn(extents).requires_grad_();
  const auto b = a.detach().clone().requires_grad_();
  const auto factor = torch::randn(extents);
  const NormOutput fused = fused_norm(a, FusedNorm(stored, activation));
  const NormOutput plain = composed(b, stored, activation);
  EXPECT_TRUE(torch::allclose(fused.value, plain.value, 1e-5, 1e-5));
  EXPECT_TRUE(torch::allclose(fused.moments.mean, plain.moments.mean, 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(fused.moments.variance, plain.moments.variance, 1e-4, 1e-5));
  scalar(fused, factor).backward();
  scalar(plain, factor).backward();
  EXPECT_TRUE(torch::allclose(a.grad(), b.grad(), 1e-4, 1e-5)) << (a.grad() - b.grad()).abs().max();
}

INSTANTIATE_TEST_SUITE_P(ChannelsAndActivations, FusedNormCase,
                         testing::Values(Case{{4, 16, 8, 8}, {0, kInfinity}}, Case{{4, 8, 9, 7}, {0, 6}},
                                         Case{{2, 24, 5, 5}, {-kInfinity, kInfinity}},
                                         Case{{3, 17, 3, 3}, {0, 1}}, Case{{2, 1, 1, 3}, {-1, 1}},
                                         Case{{32, 48, 40, 40}, {0, kInfinity}},
                                         Case{{6, 300, 1, 1}, {0, kInfinity}}));

TEST(FusedNorm, LeavesNoVarianceBelowZero) {
  const Statistics stored = random_statistics(4);
  const auto out = fused_norm(torch::full({2, 4, 8, 8}, 1234.567F), FusedNorm(stored, Clamp{}));
  EXPECT_TRUE((out.moments.variance >= 0).all().item<bool>());
  EXPECT_TRUE((out.moments.variance < 1).all().item<bool>());
}

TEST(FusedNorm, PassesNotANumberOn) {
  const Statistics stored = random_statistics(16);
  const auto out = fused_norm(torch::full({1, 16, 4, 4}, NAN), FusedNorm(stored, Clamp{0, 6}));
  EXPECT_TRUE(out.value.isnan().all().item<bool>());
}

TEST(Probe, MeasuresAndComputesTheSameFusedAndComposed) {
  const TorchExecutor net(tiny_net());
  const auto stored = stored_statistics(net.graph(), torch::kCPU);
  torch::manual_seed(1);
  const auto images = torch::randn({6, 3, 16, 16});
  std::vector<torch::Tensor> logits, divergence, gradient;
  for (const Pass pass : {Pass::fused, Pass::composed}) {
    Probe probe(net.graph(), stored, pass);
    const auto in = images.clone().requires_grad_();
    logits.push_back(net.run(in, probe.tap()));
    divergence.push_back(probe.divergence(Distance::absolute));
    (divergence.back() + logits.back().square().mean()).backward();
    gradient.push_back(in.grad());
  }
  EXPECT_TRUE(torch::allclose(logits[0], logits[1], 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(logits[0], net.run(images), 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(divergence[0], divergence[1], 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(gradient[0], gradient[1], 1e-3, 1e-6));
}

TEST(Probe, DoesNotFuseANormWhoseOwnValueIsAnOutput) {
  Graph graph = tiny_net();
  NodeId norm{};
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    if (std::holds_alternative<BatchNorm2d>(graph.nodes()[i].op)) norm = NodeId(i);
  graph.mark_output(graph.outputs().front());
  graph.mark_output(norm);
  const TorchExecutor net(graph);
  const auto stored = stored_statistics(net.graph(), torch::kCPU);
  const auto images = torch::randn({6, 3, 16, 16});
  Probe probe(net.graph(), stored);
  const auto wanted = net.run_all(images), got = net.run_all(images, probe.tap());
  // Sums in another order differ by parts of the largest value, on some processors more than on others.
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_LT((got[i] - wanted[i]).abs().max().item<double>(), 1e-4 * wanted[i].abs().max().item<double>())
        << i;
}

TEST(Probe, MeasuresTheInputOfTheNormNotItsOutput) {
  const TorchExecutor net(tiny_net());
  const auto stored = stored_statistics(net.graph(), torch::kCPU);
  const auto images = torch::randn({6, 3, 16, 16});
  torch::Tensor conv;
  Tap tap;
  tap.after = [&](NodeId node, const torch::Tensor& out) {
    if (net.graph()[node].name == "conv1") conv = out;
    return out;
  };
  net.run(images, tap);
  Probe probe(net.graph(), stored);
  net.run(images, probe.tap());
  EXPECT_TRUE(torch::allclose(probe.moments()[0].mean, conv.mean({0, 2, 3}), 1e-4, 1e-5));
}

}  // namespace
}  // namespace zsq::bnstats
