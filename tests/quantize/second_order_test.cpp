#include "quantize/second_order.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/op_traits.h"
#include "networks.h"
#include "quantize/calibrate.h"
#include "quantize/fold.h"
#include "quantize/round_weights.h"

namespace zsq::quantize {
namespace {

const Preprocessing kPixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};

/// The expected square error of a row's output, for inputs of that second moment.
double expected_error(std::span<const float> row, std::span<const std::int8_t> codes, double scale,
                      const torch::Tensor& second) {
  torch::Tensor left = torch::empty({second.size(0)}, torch::kFloat64);
  for (std::size_t i = 0; i < row.size(); ++i)
    left[static_cast<std::int64_t>(i)] = double{row[i]} - scale * codes[i];
  return left.dot(second.mv(left)).item<double>();
}

TEST(SecondOrder, RoundsAsToNearestWhereInputsAreIndependent) {
  torch::manual_seed(1);
  const auto values = torch::randn({4, 6}).contiguous();
  const Array weight{{4, 6, 1, 1}, {values.data_ptr<float>(), values.data_ptr<float>() + 24}};
  const Scheme scheme{.weight_bits = 4, .rounding = Rounding::nearest};
  const auto grid = quantize_weight(weight, std::vector<double>(4, 0.0), scheme);
  const InputMoments inputs{torch::zeros({1, 6}, torch::kFloat64),
                            torch::eye(6, torch::kFloat64).unsqueeze(0), 1000};
  EXPECT_EQ(round_second_order(weight, grid, inputs), grid.codes);
}

TEST(SecondOrder, CostsLessThanNearestAndStaysInItsBits) {
  torch::manual_seed(2);
  const std::int64_t taps = 24, outputs = 16;
  const auto x = torch::rand({4000, taps}, torch::kFloat64).mm(torch::rand({taps, taps}, torch::kFloat64));
  const auto second = x.t().mm(x) / 4000;
  const auto values = torch::randn({outputs, taps}).contiguous();
  const Array weight{{outputs, taps, 1, 1},
                     {values.data_ptr<float>(), values.data_ptr<float>() + outputs * taps}};
  for (const int bits : {8, 4, 2}) {
    const Scheme scheme{.weight_bits = bits, .rounding = Rounding::sum_preserving};
    const auto grid = quantize_weight(weight, std::vector<double>(outputs, 0.0), scheme);
    const auto codes = round_second_order(weight, grid, {x.mean(0, true), second.unsqueeze(0), 4000});
    double before = 0, after = 0;
    for (std::size_t o = 0; o < outputs; ++o) {
      const auto row = std::span(weight.values).subspan(o * taps, taps);
      before += expected_error(row, std::span(grid.codes).subspan(o * taps, taps), grid.scale[o], second);
      after += expected_error(row, std::span(codes).subspan(o * taps, taps), grid.scale[o], second);
    }
    EXPECT_LT(after, bits == 2 ? before : 0.5 * before) << bits;
    for (const int code : codes) EXPECT_LE(std::abs(code), (1 << (bits - 1)) - 1);
  }
}

TEST(SecondOrder, MomentsAreThoseOfWhatKernelsAreLaidOver) {
  torch::manual_seed(3);
  const at::NoGradGuard no_gradients;
  const Graph graph = fold_batch_norms(tests::residual_network());
  const auto images = torch::rand({3, 3, 12, 12}) * 2 - 1;
  QuantizedGraph q{graph, units(graph), std::vector<std::optional<QParams>>(graph.nodes().size()), {}};
  std::vector<NodeId> layers;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    if (weight_of(graph.nodes()[i].op) != nullptr) layers.push_back(NodeId(i));
  std::vector<torch::Tensor> outputs(graph.nodes().size());  // in float: nothing is on a grid here
  Tap tap;
  tap.after = [&](NodeId id, const torch::Tensor& value) { return outputs[index(id)] = value; };
  TorchExecutor(graph).run_all(images, tap);
  for (const auto& [id, moments] : input_moments(q, layers, images)) {
    const Array& weight = *weight_of(graph[id].op);
    const auto groups = moments.mean.size(0), taps = moments.mean.size(1);
    const auto w = torch::tensor(weight.values).to(torch::kFloat64).view({groups, -1, taps});
    const auto bias = torch::tensor(*bias_of(graph[id].op)).to(torch::kFloat64);
    const auto mean =
        w.bmm(moments.mean.unsqueeze(2)).flatten() + (bias.numel() > 0 ? bias : torch::zeros(1));
    const auto got = outputs[index(id)].to(torch::kFloat64);
    EXPECT_LT((mean - got.mean({0, 2, 3})).abs().max().item<double>(), 1e-5) << graph[id].name;
    const auto power = (w.bmm(moments.second) * w).sum(2).flatten();
    const auto centred = got - (bias.numel() > 0 ? bias : torch::zeros(1)).view({1, -1, 1, 1});
    EXPECT_LT((power - centred.square().mean({0, 2, 3})).abs().max().item<double>(), 1e-4) << graph[id].name;
  }
}

}  // namespace
}  // namespace zsq::quantize
