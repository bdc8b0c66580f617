#include "graph/architectures/cifar_resnet.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "graph/architectures/layers.h"

namespace zsq {
namespace {

constexpr int kStages = 3, kMaxBlocks = 200;

std::string block_name(int stage, int block) {
  return "layer" + std::to_string(stage) + '.' + std::to_string(block);
}

int blocks_in(const StateDict& state, int stage) {
  int count = 0;
  while (count < kMaxBlocks && state.contains(block_name(stage, count) + ".conv1.weight")) ++count;
  return count;
}

using Blocks = std::array<int, kStages>;  // of each stage

constexpr std::array<std::pair<std::string_view, int>, 5> kNamed{
    {{"resnet20", 3}, {"resnet32", 5}, {"resnet44", 7}, {"resnet56", 9}, {"resnet110", 18}}};

class Builder {
 public:
  Builder(NamedParameters& parameters, const Shape& input) : parameters_(parameters), layers_(parameters, input) {}

  Graph build(const Blocks& blocks) {
    const std::int64_t width = parameters_.outputs("conv1.weight", 16);
    conv("conv1", width, 3, 1);
    layers_.norm("bn1");
    layers_.clamp("relu");
    for (int stage = 1; stage <= kStages; ++stage)
      for (int i = 0; i < blocks[static_cast<std::size_t>(stage - 1)]; ++i)
        block(block_name(stage, i), width << (stage - 1), stage > 1 && i == 0 ? 2 : 1);
    layers_.add("adaptive_avg_pool2d", GlobalAvgPool{});
    const std::string classifier = parameters_.has("fc.weight") ? "fc" : "linear";
    layers_.linear(classifier, parameters_.outputs(classifier + ".weight", 10));
    return layers_.take();
  }

 private:
  void conv(const std::string& name, std::int64_t out, int kernel, int stride) {
    layers_.conv(name, {.out = out,
                        .kernel = {kernel, kernel},
                        .stride = {stride, stride},
                        .padding = padding_of(kernel / 2)});
  }

  void block(const std::string& name, std::int64_t out, int stride) {
    const NodeId in = layers_.value();
    conv(name + ".conv1", out, 3, stride);
    layers_.norm(name + ".bn1");
    layers_.clamp(name + ".relu");
    conv(name + ".conv2", out, 3, 1);
    layers_.norm(name + ".bn2");
    const NodeId left = layers_.value();
    layers_.go_on_from(in);
    shortcut(name, out, stride);
    layers_.add(name + ".add", Add{}, {left, layers_.value()});
    layers_.clamp(name + ".relu_1");
  }

  void shortcut(const std::string& name, std::int64_t out, int stride) {
    for (const char* option : {".shortcut", ".downsample"}) {
      const std::string module = name + option;
      if (!parameters_.has(module + ".0.weight")) continue;
      conv(module + ".0", out, 1, stride);
      layers_.norm(module + ".1");
      return;
    }
    if (stride == 1 && out == layers_.shape().c) return;
    const Shape in = layers_.shape();
    const auto every = [&](std::int64_t extent) {
      return Slice::Range{0, (extent - 1) / stride * stride + 1, stride};
    };
    layers_.add(name + ".slice", Slice{{0, in.c, 1}, every(in.h), every(in.w)});
    const auto more = static_cast<int>(out - in.c);
    layers_.add(name + ".pad", Pad{{more / 2, more - more / 2}, {}, {}, 0});
  }

  NamedParameters& parameters_;
  Layers layers_;
};

Blueprint blueprint(std::string name, const Blocks& blocks, std::int64_t channels) {
  const int layers = 2 + 2 * std::accumulate(blocks.begin(), blocks.end(), 0);
  return {.name = std::move(name),
          .title = "ResNet-" + std::to_string(layers),
          .usual_input = {1, channels, 32, 32},
          .build = [blocks](NamedParameters& parameters, const Shape& input) {
            return Builder(parameters, input).build(blocks);
          }};
}

std::optional<Blueprint> recognise(const StateDict& state) {
  const auto stem = convolution(state, "conv1.weight");
  if (!stem || stem->h != 3 || blocks_in(state, kStages + 1) > 0 || state.contains("layer1.0.conv3.weight"))
    return std::nullopt;
  const Blocks blocks{blocks_in(state, 1), blocks_in(state, 2), blocks_in(state, 3)};
  if (std::ranges::min(blocks) == 0) return std::nullopt;
  for (const auto& [name, count] : kNamed)
    if (blocks == Blocks{count, count, count}) return blueprint(std::string(name), blocks, stem->c);
  return blueprint("", blocks, stem->c);
}

std::optional<Blueprint> named(std::string_view wanted) {
  for (const auto& [name, count] : kNamed)
    if (name == wanted) return blueprint(std::string(name), {count, count, count}, 3);
  return std::nullopt;
}

}  // namespace

Family cifar_resnets() {
  Family all{recognise, named, {}};
  for (const auto& [name, count] : kNamed) all.names.push_back(name);
  return all;
}

}  // namespace zsq
