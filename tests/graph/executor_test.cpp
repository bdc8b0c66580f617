#include "graph/torch/executor.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/op_traits.h"

namespace zsq {
namespace {

using torch::Tensor;

/// x -> conv -> relu, and x -> pool: two outputs, one of them read by another node.
Graph two_outputs() {
  Graph g;
  const NodeId x = g.add("x", Input{{1, 2, 4, 4}});
  const NodeId conv = g.add(
      "conv", Conv2d{Array{{3, 2, 1, 1}, {1, 2, 3, 4, 5, 6}}, {1, 0, -1}, {{1, 1}, {1, 1}, {1, 1}, {}}}, {x});
  const NodeId relu = g.add("relu", Clamp{}, {conv});
  const NodeId pool = g.add("pool", GlobalAvgPool{}, {x});
  g.add("not needed", Clamp{}, {relu});
  for (const NodeId id : {pool, conv, relu}) g.mark_output(id);
  return g;
}

TEST(Executor, GivesEveryOutputInOrder) {
  const auto x = torch::randn({2, 2, 4, 4});
  const auto out = TorchExecutor(two_outputs()).run_all(x);
  ASSERT_EQ(out.size(), 3U);
  EXPECT_TRUE(out[0].allclose(x.mean({2, 3})));
  EXPECT_EQ(out[1].sizes(), (std::vector<std::int64_t>{2, 3, 4, 4}));
  EXPECT_TRUE(out[2].equal(out[1].relu()));
  EXPECT_THROW(TorchExecutor(two_outputs()).run(x), Error);
}

TEST(Executor, ATapsConstantsStandInForANodesOwnAndTakeGradients) {
  const TorchExecutor network(two_outputs());
  const auto x = torch::randn({2, 2, 4, 4});
  const Tensor factor = torch::ones({3, 1, 1, 1}).requires_grad_();
  std::vector<NodeId> asked;
  Tap tap;
  tap.constants = [&](NodeId id, const std::vector<Tensor>& held) {
    asked.push_back(id);
    return std::vector<Tensor>{held[0] * factor, held[1]};
  };
  EXPECT_TRUE(network.run_all(x, tap)[1].equal(network.run_all(x)[1])) << "the factor is one";
  EXPECT_EQ(asked, std::vector{NodeId{1}}) << "nodes without numbers are not asked";
  network.run_all(x, tap)[1].sum().backward();
  // The sum is linear in the factor: its gradient is the sum without the bias.
  const Tensor without_bias = network.run_all(x)[1].sum({0, 2, 3}) - 32 * torch::tensor({1.0F, 0.0F, -1.0F});
  EXPECT_TRUE(factor.grad().flatten().allclose(without_bias, 1e-4, 1e-4)) << factor.grad() << without_bias;
  const torch::NoGradGuard no_gradients;
  factor.mul_(2);
  EXPECT_FALSE(network.run_all(x, tap)[1].allclose(network.run_all(x)[1]));
}

struct Sample {
  Op op;
  std::size_t inputs = 1;
  Shape shape{1, 4, 6, 6};
};

/// One of each op that has no weights, in each of its forms.
std::vector<Sample> samples() {
  const Window window{{3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}};
  return {{Clamp{}},
          {Clamp{0, 6}},
          {Clamp{-1, 1}},
          {Pointwise{Function::sigmoid}},
          {Pointwise{Function::hardsigmoid}},
          {Pointwise{Function::silu}},
          {Pointwise{Function::hardswish}},
          {Pointwise{Function::leaky_relu, 0.125F}},
          {Add{}, 2},
          {Mul{}, 2},
          {Concat{}, 3},
          {MaxPool2d{window}},
          {AvgPool2d{window, Padded::excluded}},
          {AvgPool2d{window, Padded::included}},
          {GlobalAvgPool{}},
          {Flatten{}},
          {Pad{{1, 0}, {1, 2}, {0, 1}, 0}},
          {Pad{{1, 0}, {1, 2}, {0, 1}, 0.5F}},
          {Slice{{1, 4, 2}, {0, 6, 2}, {1, 6, 1}}},
          {ChannelShuffle{2}},
          {PixelShuffle{{2, 2}}},
          {PixelShuffle{{1, 2}}},
          {PixelUnshuffle{{2, 3}}},
          {Upsample{{2, 3}, Upsample::Mode::nearest}},
          {Upsample{{2, 3}, Upsample::Mode::bilinear}},
          {Softmax{}, 1, {1, 4, 1, 1}}};
}

TorchExecutor network_of(const Sample& sample) {
  Graph g;
  const NodeId x = g.add("x", Input{sample.shape});
  g.add("op", sample.op, std::vector<NodeId>(sample.inputs, x));
  return TorchExecutor(std::move(g));
}

std::vector<Tensor> scaled(const std::vector<Tensor>& inputs, const Tensor& factor) {
  std::vector<Tensor> all;
  for (const Tensor& t : inputs) all.push_back(t * factor);
  return all;
}

TEST(Traits, AreWhatTheOpsDo) {
  torch::manual_seed(3);
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.op.index());
    const Traits t = traits(sample.op);
    const TorchExecutor network = network_of(sample);
    const auto f = [&](const std::vector<Tensor>& in) { return network.apply(NodeId{1}, in); };
    std::vector<Tensor> in;
    for (std::size_t i = 0; i < sample.inputs; ++i)
      in.push_back(3 * torch::randn({2, sample.shape.c, sample.shape.h, sample.shape.w}));
    const Tensor out = f(in);

    EXPECT_EQ(f(scaled(in, torch::tensor(2.0F))).allclose(2 * out), t.scaling != Scaling::changes);
    if (t.scaling == Scaling::per_channel) {
      const Tensor factor = torch::tensor({1.0F, 2.0F, 4.0F, 8.0F}).view({1, 4, 1, 1});
      EXPECT_TRUE(f(scaled(in, factor)).allclose(out * factor));
    }
    if (t.moves) {
      const auto* pad = std::get_if<Pad>(&sample.op);
      const Tensor from = torch::cat({in[0].flatten(), torch::full({1}, pad == nullptr ? 0.0F : pad->value)});
      EXPECT_TRUE(torch::isin(out, from).all().item<bool>());
    }
    // Of what reads its own place alone, the first place of the output is that of the first place alone.
    if (t.reads == Reads::place && sample.shape.h > 1) {
      std::vector<Tensor> first;
      for (const Tensor& x : in) first.push_back(x.slice(2, 0, 1).slice(3, 0, 1));
      EXPECT_TRUE(f(first).allclose(out.slice(2, 0, 1).slice(3, 0, 1)));
    }
  }
}

}  // namespace
}  // namespace zsq
