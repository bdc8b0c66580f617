#include "graph/architectures/mobilenet_v2.h"

#include <array>

#include "graph/architectures/layers.h"

namespace zsq {
namespace {

struct Stage {
  int expansion;
  std::int64_t out;
  int blocks, stride;
};

/// Table 2 of the paper.
constexpr std::array<Stage, 7> kStages{{{1, 16, 1, 1},
                                        {6, 24, 2, 2},
                                        {6, 32, 3, 2},
                                        {6, 64, 4, 2},
                                        {6, 96, 3, 1},
                                        {6, 160, 3, 2},
                                        {6, 320, 1, 1}}};
constexpr int kBlocks = 17;

std::string block_name(int block) { return "features." + std::to_string(block + 1) + ".conv."; }

class Builder {
 public:
  Builder(NamedParameters& parameters, const Shape& input) : parameters_(parameters), layers_(parameters, input) {}

  Graph build() {
    layer("features.0.", {.out = parameters_.outputs("features.0.0.weight", 32),
                          .kernel = {3, 3},
                          .stride = {2, 2},
                          .padding = padding_of(1)});
    int block = 0;
    for (const Stage& stage : kStages)
      for (int i = 0; i < stage.blocks; ++i, ++block)
        inverted_residual(block_name(block), stage, i == 0 ? stage.stride : 1);
    layer("features.18.", {.out = parameters_.outputs("features.18.0.weight", 1280)});
    layers_.add("adaptive_avg_pool2d", GlobalAvgPool{});
    layers_.linear("classifier.1", parameters_.outputs("classifier.1.weight", 1000));
    return layers_.take();
  }

 private:
  /// Convolution 0, batch norm 1, activation 2.
  void layer(const std::string& name, const Layers::Conv& shape) {
    layers_.conv(name + "0", shape);
    layers_.norm(name + "1");
    layers_.clamp(name + "2", kRelu6);
  }

  void inverted_residual(const std::string& name, const Stage& stage, int stride) {
    const NodeId in = layers_.value();
    const std::int64_t inputs = layers_.shape().c;
    const std::int64_t middle = inputs * stage.expansion;
    int i = 0;
    if (stage.expansion > 1) layer(name + std::to_string(i++) + '.', {.out = middle});
    layer(name + std::to_string(i++) + '.', {.out = middle,
                                             .kernel = {3, 3},
                                             .stride = {stride, stride},
                                             .padding = padding_of(1),
                                             .groups = static_cast<int>(middle)});
    const std::string project = name + std::to_string(i++);
    layers_.conv(project, {.out = parameters_.outputs(project + ".weight", stage.out)});
    layers_.norm(name + std::to_string(i));
    if (stride == 1 && layers_.shape().c == inputs) layers_.add(name + "add", Add{}, {in, layers_.value()});
  }

  NamedParameters& parameters_;
  Layers layers_;
};

Blueprint blueprint(std::int64_t channels = 3) {
  return {
      .name = "mobilenet_v2",
      .title = "MobileNetV2",
      .usual_input = {1, channels, 224, 224},
      .build = [](NamedParameters& parameters, const Shape& input) { return Builder(parameters, input).build(); }};
}

std::optional<Blueprint> recognise(const StateDict& state) {
  const auto stem = convolution(state, "features.0.0.weight");
  const bool looks_like = stem.has_value() && state.contains("features.1.conv.0.0.weight") &&
                          state.contains(block_name(kBlocks - 1) + "0.0.weight") &&
                          state.contains("features.18.0.weight");
  return looks_like ? std::optional(blueprint(stem->c)) : std::nullopt;
}

std::optional<Blueprint> named(std::string_view name) {
  return name == "mobilenet_v2" ? std::optional(blueprint()) : std::nullopt;
}

}  // namespace

Family mobilenets_v2() { return {recognise, named, {"mobilenet_v2"}}; }

}  // namespace zsq
