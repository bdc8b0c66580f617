#include "graph/architectures/resnet.h"

#include <array>

#include "graph/architectures/layers.h"

namespace zsq {
namespace {

constexpr int kStages = 4, kMaxBlocks = 200;

enum class Block { basic, bottleneck };

struct Depth {
  std::array<int, kStages> blocks = {};  // of each stage
  Block block = Block::basic;
  bool operator==(const Depth&) const = default;
};

constexpr std::array<std::pair<std::string_view, Depth>, 5> kNamed{
    {{"resnet18", {{2, 2, 2, 2}, Block::basic}},
     {"resnet34", {{3, 4, 6, 3}, Block::basic}},
     {"resnet50", {{3, 4, 6, 3}, Block::bottleneck}},
     {"resnet101", {{3, 4, 23, 3}, Block::bottleneck}},
     {"resnet152", {{3, 8, 36, 3}, Block::bottleneck}}}};

std::string block_name(int stage, int block) {
  return "layer" + std::to_string(stage + 1) + '.' + std::to_string(block);
}

class Builder {
 public:
  Builder(NamedParameters& parameters, const Shape& input) : parameters_(parameters), layers_(parameters, input) {}

  Graph build(const Depth& depth) {
    const std::int64_t width = parameters_.outputs("conv1.weight", 64);
    conv("conv1", width, 7, 2);
    layers_.norm("bn1");
    layers_.clamp("relu");
    layers_.add("maxpool", MaxPool2d{{{3, 3}, {2, 2}, {}, padding_of(1)}});
    for (int stage = 0; stage < kStages; ++stage)
      for (int i = 0; i < depth.blocks[static_cast<std::size_t>(stage)]; ++i)
        block(block_name(stage, i), depth.block, width << stage, stage > 0 && i == 0 ? 2 : 1);
    layers_.add("avgpool", GlobalAvgPool{});
    layers_.linear("fc", parameters_.outputs("fc.weight", 1000));
    return layers_.take();
  }

 private:
  void conv(const std::string& name, std::int64_t out, int kernel, int stride) {
    layers_.conv(name, {.out = out,
                        .kernel = {kernel, kernel},
                        .stride = {stride, stride},
                        .padding = padding_of(kernel / 2)});
  }

  void layer(const std::string& block, int i, std::int64_t out, int kernel, int stride) {
    conv(block + ".conv" + std::to_string(i), out, kernel, stride);
    layers_.norm(block + ".bn" + std::to_string(i));
  }

  void block(const std::string& name, Block kind, std::int64_t width, int stride) {
    const NodeId in = layers_.value();
    const std::int64_t out = kind == Block::bottleneck ? 4 * width : width;
    const bool changes = stride != 1 || layers_.shape().c != out;
    switch (kind) {
      case Block::basic:
        layer(name, 1, width, 3, stride);
        layers_.clamp(name + ".relu");
        layer(name, 2, width, 3, 1);
        break;
      case Block::bottleneck:
        layer(name, 1, width, 1, 1);
        layers_.clamp(name + ".relu");
        layer(name, 2, width, 3, stride);
        layers_.clamp(name + ".relu_1");
        layer(name, 3, out, 1, 1);
        break;
    }
    const NodeId left = layers_.value();
    layers_.go_on_from(in);
    if (changes) {
      conv(name + ".downsample.0", out, 1, stride);
      layers_.norm(name + ".downsample.1");
    }
    layers_.add(name + ".add", Add{}, {left, layers_.value()});
    layers_.clamp(name + ".relu_2");
  }

  NamedParameters& parameters_;
  Layers layers_;
};

Blueprint blueprint(std::string name, const Depth& depth, std::int64_t channels) {
  int layers = 2;
  for (const int blocks : depth.blocks) layers += blocks * (depth.block == Block::basic ? 2 : 3);
  return {.name = std::move(name),
          .title = "ResNet-" + std::to_string(layers),
          .usual_input = {1, channels, 224, 224},
          .build = [depth](NamedParameters& parameters, const Shape& input) {
            return Builder(parameters, input).build(depth);
          }};
}

std::optional<Blueprint> recognise(const StateDict& state) {
  const auto stem = convolution(state, "conv1.weight");
  if (!stem || stem->h != 7) return std::nullopt;
  Depth depth{{}, state.contains("layer1.0.conv3.weight") ? Block::bottleneck : Block::basic};
  for (int stage = 0; stage < kStages; ++stage) {
    int& count = depth.blocks[static_cast<std::size_t>(stage)];
    while (count < kMaxBlocks && state.contains(block_name(stage, count) + ".conv1.weight")) ++count;
    if (count == 0) return std::nullopt;
  }
  for (const auto& [name, known] : kNamed)
    if (known == depth) return blueprint(std::string(name), depth, stem->c);
  return blueprint("", depth, stem->c);
}

std::optional<Blueprint> named(std::string_view wanted) {
  for (const auto& [name, depth] : kNamed)
    if (name == wanted) return blueprint(std::string(name), depth, 3);
  return std::nullopt;
}

}  // namespace

Family resnets() {
  Family all{recognise, named, {}};
  for (const auto& [name, depth] : kNamed) all.names.push_back(name);
  return all;
}

}  // namespace zsq
