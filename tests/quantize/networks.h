#pragma once

#include <random>
#include <string>

#include "graph/graph.h"

/// Small random networks for the quantizer's tests, each op of the vocabulary in at least one of them.
namespace zsq::tests {

class NetworkBuilder {
 public:
  explicit NetworkBuilder(unsigned seed, Shape input = {1, 3, 12, 12}) : random_(seed) {
    last = graph.add("input", Input{input});
  }

  Graph graph;
  NodeId last{};

  NodeId conv(int outputs, int kernel, int stride = 1, int groups = 1, Padding padding = {},
              int dilation = 1) {
    const std::int64_t in = graph[last].shape.c / groups;
    Conv2d op{random({outputs, in, kernel, kernel}, 1.0F / static_cast<float>(kernel)), {}, {}, groups};
    op.window = {{kernel, kernel}, {stride, stride}, {dilation, dilation}, padding};
    return add("conv", std::move(op), {last});
  }
  NodeId depthwise(int kernel, int stride, Padding padding) {
    const auto channels = static_cast<int>(graph[last].shape.c);
    return conv(channels, kernel, stride, channels, padding);
  }
  NodeId norm() {
    const auto c = graph[last].shape.c;
    BatchNorm2d op{around(c, 1, 0.2F), around(c, 0, 0.3F), around(c, 0, 0.3F), around(c, 1, 0.2F)};
    return add("norm", std::move(op), {last});
  }
  NodeId linear(int outputs) {
    const auto in = graph[last].shape.c;
    return add("linear", Linear{random({outputs, in, 1, 1}, 0.5F), around(outputs, 0, 0.2F)}, {last});
  }
  NodeId relu() { return add("relu", Clamp{}, {last}); }
  NodeId add(const std::string& kind, Op op, std::vector<NodeId> inputs) {
    return last = graph.add(kind + std::to_string(graph.nodes().size()), std::move(op), std::move(inputs));
  }

 private:
  Array random(Shape shape, float scale) {
    Array a{shape, {}};
    std::normal_distribution<float> normal(0, scale / std::sqrt(static_cast<float>(shape.c)));
    for (std::int64_t i = 0; i < shape.size(); ++i) a.values.push_back(normal(random_));
    return a;
  }
  std::vector<float> around(std::int64_t count, float centre, float width) {
    std::uniform_real_distribution<float> uniform(centre - width, centre + width);
    std::vector<float> v(static_cast<std::size_t>(count));
    for (float& x : v) x = uniform(random_);
    return v;
  }

  std::mt19937 random_;
};

/// Residual blocks with an identity, a strided and a padded-slice shortcut; ends in a linear layer.
inline Graph residual_network() {
  NetworkBuilder b(1);
  b.conv(8, 3, 1, 1, {1, 1, 1, 1});
  b.norm();
  const NodeId first = b.relu();
  b.conv(8, 3, 1, 1, {1, 1, 1, 1});
  const NodeId second = b.norm();
  b.add("add", Add{}, {second, first});
  const NodeId third = b.relu();
  b.conv(16, 3, 2, 1, {1, 1, 1, 1});
  const NodeId main = b.norm();
  b.add("slice", Slice{{0, 8, 1}, {0, 12, 2}, {0, 12, 2}}, {third});
  const NodeId padded = b.add("pad", Pad{{4, 4}, {}, {}}, {b.last});
  b.add("add", Add{}, {main, padded});
  const NodeId fourth = b.relu();
  b.conv(16, 1);
  const NodeId left = b.norm();
  b.last = fourth;
  b.conv(16, 1);
  const NodeId right = b.norm();
  b.add("add", Add{}, {left, right});
  b.add("pool", GlobalAvgPool{}, {b.last});
  b.add("flatten", Flatten{}, {b.last});
  b.linear(10);
  return b.graph;
}

/// Inverted residuals, asymmetric padding, squeeze and excitation, every pointwise function, a 1x1
/// classifier.
inline Graph mobile_network() {
  NetworkBuilder b(2);
  b.conv(8, 3, 2, 1, {0, 0, 1, 1});
  b.norm();
  const NodeId stem = b.add("relu6", Clamp{0, 6}, {b.last});
  b.conv(24, 1);
  b.norm();
  b.add("hardswish", Pointwise{Function::hardswish}, {b.last});
  b.depthwise(3, 1, {1, 1, 1, 1});
  b.norm();
  const NodeId wide = b.add("silu", Pointwise{Function::silu}, {b.last});
  b.add("pool", GlobalAvgPool{}, {wide});
  b.conv(6, 1);
  b.add("leaky", Pointwise{Function::leaky_relu, 0.1F}, {b.last});
  b.conv(24, 1);
  const NodeId gate = b.add("hardsigmoid", Pointwise{Function::hardsigmoid}, {b.last});
  b.add("mul", Mul{}, {wide, gate});
  b.conv(8, 1);
  const NodeId bottleneck = b.norm();
  b.add("add", Add{}, {stem, bottleneck});
  b.add("sigmoid", Pointwise{Function::sigmoid}, {b.last});
  b.add("pool", GlobalAvgPool{}, {b.last});
  b.conv(10, 1);
  b.add("flatten", Flatten{}, {b.last});
  b.add("softmax", Softmax{}, {b.last});
  return b.graph;
}

/// Concats of values on different scales, shuffles, pools of all kinds, batch norm alone, flattening an
/// image.
inline Graph dense_network() {
  NetworkBuilder b(3);
  b.norm();
  const NodeId x = b.conv(8, 3, 1, 2 - 1, {1, 1, 1, 1}, 1);
  b.add("max", MaxPool2d{{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}}}, {x});
  const NodeId pooled = b.conv(4, 3, 1, 2, {2, 2, 2, 2}, 2);
  const NodeId average =
      b.add("average", AvgPool2d{{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}}, Padded::excluded}, {x});
  const NodeId counted =
      b.add("average", AvgPool2d{{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}}, Padded::included}, {x});
  b.add("concat", Concat{}, {x, pooled, average, counted});
  b.norm();
  b.relu();
  b.add("shuffle", ChannelShuffle{4}, {b.last});
  b.conv(6, 3, 2, 1, {1, 1, 1, 1});
  b.add("clamp", Clamp{-1, 1}, {b.last});
  b.add("clamp", Clamp{-0.5F, 0.75F}, {b.last});
  b.add("max", MaxPool2d{{{2, 2}, {2, 2}, {1, 1}, {}}}, {b.last});
  b.add("flatten", Flatten{}, {b.last});
  b.linear(20);
  b.relu();
  b.linear(7);
  return b.graph;
}

}  // namespace zsq::tests
