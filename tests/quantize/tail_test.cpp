#include "quantize/tail.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/torch/executor.h"
#include "integer_run.h"
#include "networks.h"
#include "quantize/qparams.h"
#include "quantize/quantize.h"
#include "quantize/sqnr.h"

namespace zsq::quantize {
namespace {

using tests::NetworkBuilder;
using torch::Tensor;

const Preprocessing kPixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.25, 0.25, 0.25}};
constexpr Padding kSame{1, 1, 1, 1};

/// Smooth coloured images of that contrast: uint8 [n, h, w, c].
Tensor some_pixels(std::int64_t count, double contrast) {
  const auto colours = torch::rand({count, 3, 3, 3}) - 0.5;
  const auto images = torch::upsample_bilinear2d(colours, {12, 12}, false);
  return ((images * contrast + 0.5) * 255).round().to(torch::kUInt8).permute({0, 2, 3, 1}).contiguous();
}

Tensor normalised(const Tensor& pixels) {
  return ((pixels.to(torch::kFloat) / 255 - 0.5) / 0.25).permute({0, 3, 1, 2}).contiguous();
}

// The networks read their images by a single layer, so that nothing but their ends could be cut off.

Graph pool_behind_conv() {
  NetworkBuilder b(21);
  b.conv(10, 3, 1, 1, kSame);
  b.add("pool", GlobalAvgPool{}, {b.last});
  return b.graph;
}

Graph conv_relu_pool() {
  NetworkBuilder b(22);
  b.conv(10, 1);
  b.relu();
  b.add("pool", GlobalAvgPool{}, {b.last});
  b.add("flatten", Flatten{}, {b.last});
  return b.graph;
}

Graph conv_leaky_pool() {
  NetworkBuilder b(23);
  b.conv(10, 1);
  b.add("leaky", Pointwise{Function::leaky_relu, 0.1F}, {b.last});
  b.add("average", AvgPool2d{{{3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}}, Padded::excluded}, {b.last});
  b.add("pool", GlobalAvgPool{}, {b.last});
  return b.graph;
}

Graph sum_of_convs() {
  NetworkBuilder b(24);
  const NodeId image = b.last;
  const NodeId left = b.conv(10, 3, 2, 1, kSame);
  b.last = image;
  const NodeId right = b.conv(10, 1, 2);
  b.add("add", Add{}, {left, right});
  b.add("relu6", Clamp{0, 6}, {b.last});
  b.add("max", MaxPool2d{{{2, 2}, {2, 2}, {1, 1}, {}}}, {b.last});
  return b.graph;
}

Graph concat_of_convs() {
  NetworkBuilder b(25);
  const NodeId image = b.last;
  const NodeId left = b.conv(6, 3, 1, 1, kSame);
  b.last = image;
  const NodeId right = b.conv(4, 1);
  b.add("concat", Concat{}, {left, right, image});
  b.add("shuffle", ChannelShuffle{13}, {b.last});
  b.add("slice", Slice{{0, 13, 1}, {1, 11, 2}, {0, 12, 1}}, {b.last});
  b.add("pad", Pad{{}, {1, 0}, {0, 0}, 0.25F}, {b.last});
  return b.graph;
}

Graph sigmoids() {
  NetworkBuilder b(26);
  b.conv(10, 12);
  b.add("sigmoid", Pointwise{Function::sigmoid}, {b.last});
  return b.graph;
}

Graph dense_map() {
  NetworkBuilder b(27);
  b.conv(10, 3, 1, 1, kSame);
  return b.graph;
}

Graph upsampled_dense_map() {
  NetworkBuilder b(28);
  const NodeId image = b.last;
  const NodeId coarse = b.conv(10, 3, 3, 1, kSame);
  b.add("up", Upsample{{3, 3}, Upsample::Mode::bilinear}, {coarse});
  const NodeId fine = b.last;
  b.last = image;
  b.add("add", Add{}, {fine, b.conv(10, 1)});
  b.add("up", Upsample{{2, 2}, Upsample::Mode::bilinear}, {b.last});
  b.add("up", Upsample{{1, 2}, Upsample::Mode::nearest}, {b.last});
  return b.graph;
}

Graph transposed_map() {
  NetworkBuilder b(29);
  ConvTranspose2d up{{{3, 5, 4, 4}, {}}, {0.05F, -0.1F, 0, 0.1F, 0}, {2, 2}, {1, 1}, {1, 1, 1, 1}, {0, 0}, 1};
  for (int i = 0; i < 240; ++i) up.weight.values.push_back(static_cast<float>(i * 37 % 23 - 11) / 40);
  b.add("up", up, {b.last});
  return b.graph;
}

/// One unshuffle among 8-bit values and one among wide ones.
Graph unshuffled_map() {
  NetworkBuilder b(31);
  b.add("focus", PixelUnshuffle{{2, 2}}, {b.last});
  b.conv(10, 3, 1, 1, kSame);
  b.add("unshuffle", PixelUnshuffle{{3, 2}}, {b.last});
  return b.graph;
}

Graph two_outputs() {
  NetworkBuilder b(30);
  const NodeId image = b.last;
  const NodeId map = b.conv(10, 3, 1, 1, kSame);
  b.last = image;
  b.conv(7, 3);
  const NodeId pool = b.add("pool", GlobalAvgPool{}, {b.last});
  b.graph.mark_output(pool);
  b.graph.mark_output(map);
  return b.graph;
}

struct Kind {
  const char* name;
  Graph (*make)();
};

class TailKind : public testing::TestWithParam<Kind> {};

double agreement(const Tensor& wanted, const Tensor& got) {
  return wanted.argmax(1).eq(got.argmax(1)).to(torch::kFloat64).mean().item<double>();
}

Tensor as_maps(const Tensor& output) {
  return output.dim() == 2 ? output.unsqueeze(-1).unsqueeze(-1) : output;
}

/// What an 8-bit activation with the range of the calibration images would leave of the output.
Tensor cut_off(const Tensor& output, const Tensor& calibrated) {
  const QParams grid = cover({calibrated.min().item<double>(), calibrated.max().item<double>()}, 8);
  return torch::fake_quantize_per_tensor_affine(output, grid.scale, grid.zero_point, -128, 127);
}

/// Calibrated on images of half the contrast that they have later.
TEST_P(TailKind, IsNotCutOffWhereCalibrationDidNotReach) {
  torch::manual_seed(5);
  const Graph graph = GetParam().make();
  const Tensor tame = some_pixels(32, 0.5), wild = some_pixels(32, 1);
  const Result result = quantize(graph, kPixels, normalised(tame), {});
  const auto calibrated = TorchExecutor(graph).run_all(normalised(tame));
  const auto wanted = TorchExecutor(graph).run_all(normalised(wild));
  const auto got = tests::run_integers(result.file, wild);
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_TRUE(is_wide(result.file.plan[result.file.plan.outputs[i]]));
    const Tensor real = as_maps(wanted[i]);
    ASSERT_EQ(real.sizes(), got[i].sizes());
    const Tensor cut = as_maps(cut_off(wanted[i], calibrated[i]));
    EXPECT_GT(sqnr_db(real, got[i]), 40);
    EXPECT_GE(agreement(real, got[i]), 0.95);
    EXPECT_LT(sqnr_db(real, cut), 30) << "an 8-bit output would have done as well";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Networks, TailKind,
    testing::Values(Kind{"pool_behind_conv", pool_behind_conv}, Kind{"conv_relu_pool", conv_relu_pool},
                    Kind{"conv_leaky_pool", conv_leaky_pool}, Kind{"sum_of_convs", sum_of_convs},
                    Kind{"concat_of_convs", concat_of_convs}, Kind{"sigmoids", sigmoids},
                    Kind{"dense_map", dense_map}, Kind{"upsampled_dense_map", upsampled_dense_map},
                    Kind{"transposed_map", transposed_map}, Kind{"unshuffled_map", unshuffled_map},
                    Kind{"two_outputs", two_outputs}),
    [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace zsq::quantize
