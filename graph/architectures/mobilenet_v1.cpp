#include "graph/architectures/mobilenet_v1.h"

#include <array>

#include "graph/architectures/layers.h"

namespace zsq {
namespace {

struct Block {
  std::int64_t out;
  int stride;
};

/// Table 1 of the paper.
constexpr std::array<Block, 13> kBlocks{{{64, 1},
                                         {128, 2},
                                         {128, 1},
                                         {256, 2},
                                         {256, 1},
                                         {512, 2},
                                         {512, 1},
                                         {512, 1},
                                         {512, 1},
                                         {512, 1},
                                         {512, 1},
                                         {1024, 2},
                                         {1024, 1}}};

Graph build(NamedParameters& parameters, const Shape& input) {
  Layers layers(parameters, input);
  const auto layer = [&](const std::string& block, int first, const Layers::Conv& shape) {
    const auto part = [&](int i) { return block + std::to_string(first + i); };
    layers.conv(part(0), shape);
    layers.norm(part(1));
    layers.clamp(part(2));
  };
  layer("model.0.", 0,
        {.out = parameters.outputs("model.0.0.weight", 32),
         .kernel = {3, 3},
         .stride = {2, 2},
         .padding = padding_of(1)});
  for (std::size_t i = 0; i < kBlocks.size(); ++i) {
    const std::string name = "model." + std::to_string(i + 1) + '.';
    const std::int64_t in = layers.shape().c;
    layer(name, 0,
          {.out = in,
           .kernel = {3, 3},
           .stride = {kBlocks[i].stride, kBlocks[i].stride},
           .padding = padding_of(1),
           .groups = static_cast<int>(in)});
    layer(name, 3, {.out = parameters.outputs(name + "3.weight", kBlocks[i].out)});
  }
  layers.add("avg_pool2d", GlobalAvgPool{});
  layers.linear("fc", parameters.outputs("fc.weight", 1000));
  return layers.take();
}

Blueprint blueprint(std::int64_t channels = 3) {
  return {
      .name = "mobilenet_v1", .title = "MobileNetV1", .usual_input = {1, channels, 224, 224}, .build = build};
}

std::optional<Blueprint> recognise(const StateDict& state) {
  const auto stem = convolution(state, "model.0.0.weight");
  const bool looks_like = stem.has_value() && state.contains("model.1.0.weight") &&
                          state.contains("model.13.3.weight") && state.contains("fc.weight");
  return looks_like ? std::optional(blueprint(stem->c)) : std::nullopt;
}

std::optional<Blueprint> named(std::string_view name) {
  return name == "mobilenet_v1" ? std::optional(blueprint()) : std::nullopt;
}

}  // namespace

Family mobilenets_v1() { return {recognise, named, {"mobilenet_v1"}}; }

}  // namespace zsq
