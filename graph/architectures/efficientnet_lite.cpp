#include "graph/architectures/efficientnet_lite.h"

#include <array>

#include "graph/architectures/layers.h"

namespace zsq {
namespace {

constexpr float kEpsilon = 1e-3F;

struct Stage {
  int blocks, kernel, stride, expansion;
  std::int64_t out;
};

constexpr std::array<Stage, 7> kStages{{{1, 3, 1, 1, 16},
                                        {2, 3, 2, 6, 24},
                                        {2, 5, 2, 6, 40},
                                        {3, 3, 2, 6, 80},
                                        {3, 5, 1, 6, 112},
                                        {4, 5, 2, 6, 192},
                                        {1, 3, 1, 6, 320}}};

class Builder {
 public:
  Builder(NamedParameters& parameters, const Shape& input) : parameters_(parameters), layers_(parameters, input) {}

  Graph build() {
    conv("_conv_stem", parameters_.outputs("_conv_stem.weight", 32), 3, 2);
    norm("_bn0");
    layers_.clamp("_relu", kRelu6);
    int block = 0;
    for (const Stage& stage : kStages)
      for (int i = 0; i < stage.blocks; ++i)
        inverted_residual("_blocks." + std::to_string(block++) + '.', stage, i == 0 ? stage.stride : 1);
    conv("_conv_head", parameters_.outputs("_conv_head.weight", 1280), 1, 1);
    norm("_bn1");
    layers_.clamp("_relu_1", kRelu6);
    layers_.add("_avg_pooling", GlobalAvgPool{});
    layers_.linear("_fc", parameters_.outputs("_fc.weight", 1000));
    return layers_.take();
  }

 private:
  void conv(const std::string& name, std::int64_t out, int kernel, int stride, int groups = 1) {
    layers_.conv(name, {.out = out,
                        .kernel = {kernel, kernel},
                        .stride = {stride, stride},
                        .padding = same_padding(layers_.shape(), {kernel, kernel}, {stride, stride}),
                        .groups = groups});
  }
  void norm(const std::string& name) { layers_.norm(name, kEpsilon); }

  void inverted_residual(const std::string& name, const Stage& stage, int stride) {
    const NodeId in = layers_.value();
    const std::int64_t inputs = layers_.shape().c;
    const std::int64_t middle = inputs * stage.expansion;
    if (stage.expansion > 1) {
      conv(name + "_expand_conv", middle, 1, 1);
      norm(name + "_bn0");
      layers_.clamp(name + "_relu", kRelu6);
    }
    conv(name + "_depthwise_conv", middle, stage.kernel, stride, static_cast<int>(middle));
    norm(name + "_bn1");
    layers_.clamp(name + "_relu_1", kRelu6);
    conv(name + "_project_conv", parameters_.outputs(name + "_project_conv.weight", stage.out), 1, 1);
    norm(name + "_bn2");
    if (stride == 1 && layers_.shape().c == inputs) layers_.add(name + "add", Add{}, {layers_.value(), in});
  }

  NamedParameters& parameters_;
  Layers layers_;
};

Blueprint blueprint(std::int64_t channels = 3) {
  return {
      .name = "efficientnet_lite0",
      .title = "EfficientNet-Lite0",
      .usual_input = {1, channels, 224, 224},
      .build = [](NamedParameters& parameters, const Shape& input) { return Builder(parameters, input).build(); }};
}

std::optional<Blueprint> recognise(const StateDict& state) {
  const auto stem = convolution(state, "_conv_stem.weight");
  const bool looks_like = stem.has_value() && state.contains("_conv_head.weight") &&
                          state.contains("_blocks.15._project_conv.weight") &&
                          !state.contains("_blocks.16._project_conv.weight") &&
                          !state.contains("_blocks.0._se_reduce.weight");
  return looks_like ? std::optional(blueprint(stem->c)) : std::nullopt;
}

std::optional<Blueprint> named(std::string_view name) {
  return name == "efficientnet_lite0" ? std::optional(blueprint()) : std::nullopt;
}

}  // namespace

Family efficientnets_lite() { return {recognise, named, {"efficientnet_lite0"}}; }

}  // namespace zsq
