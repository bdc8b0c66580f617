#include "graph/architectures/cifar_resnet.h"

#include <optional>

#include "graph/architectures/parameters.h"
#include "graph/check.h"

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

/// Adds layers one after another, named as an import of the same network would name them.
class Builder {
 public:
  Builder(const StateDict& state, const Shape& input, const std::string& who)
      : parameters_(state, who, cifar_resnet_name(state)), state_(state) {
    const std::int64_t channels = state.at("conv1.weight").dims[1];
    check(input.c == channels, Fault::model, who, " takes images of ", channels,
          " channels, not an input of ", input.c, 'x', input.h, 'x', input.w,
          "; give the right size as --input CxHxW, or in a side-car NAME.json beside the model");
    value_ = graph_.add("input", Input{input});
  }

  Graph build() {
    const std::int64_t width = state_.at("conv1.weight").dims[0];
    conv("conv1", width, 3, 1);
    norm("bn1");
    relu("relu");
    for (int stage = 1; stage <= kStages; ++stage)
      for (int i = 0; i < blocks_in(state_, stage); ++i)
        block(block_name(stage, i), width << (stage - 1), stage > 1 && i == 0 ? 2 : 1);
    value_ = graph_.add("adaptive_avg_pool2d", GlobalAvgPool{}, {value_});
    classifier();
    parameters_.finish();
    return std::move(graph_);
  }

 private:
  std::int64_t channels() const { return graph_[value_].shape.c; }

  void conv(const std::string& name, std::int64_t out, int kernel, int stride) {
    const int pad = kernel / 2;
    const Window window{{kernel, kernel}, {stride, stride}, {}, {pad, pad, pad, pad}};
    value_ = graph_.add(
        name, Conv2d{parameters_.array(name + ".weight", {out, channels(), kernel, kernel}), {}, window},
        {value_});
  }

  void norm(const std::string& name) {
    value_ = graph_.add(name, parameters_.batch_norm(name, channels()), {value_});
  }

  void relu(const std::string& name) { value_ = graph_.add(name, Clamp{}, {value_}); }

  void block(const std::string& name, std::int64_t out, int stride) {
    const NodeId in = value_;
    conv(name + ".conv1", out, 3, stride);
    norm(name + ".bn1");
    relu(name + ".relu");
    conv(name + ".conv2", out, 3, 1);
    norm(name + ".bn2");
    const NodeId left = value_;
    value_ = in;
    shortcut(name, out, stride);
    value_ = graph_.add(name + ".add", Add{}, {left, value_});
    relu(name + ".relu_1");
  }

  void shortcut(const std::string& name, std::int64_t out, int stride) {
    for (const char* option : {".shortcut", ".downsample"}) {
      const std::string module = name + option;
      if (!parameters_.has(module + ".0.weight")) continue;
      conv(module + ".0", out, 1, stride);
      norm(module + ".1");
      return;
    }
    if (stride == 1 && out == channels()) return;
    const Shape in = graph_[value_].shape;
    const auto every = [&](std::int64_t extent) {
      return Slice::Range{0, (extent - 1) / stride * stride + 1, stride};
    };
    value_ = graph_.add(name + ".slice", Slice{{0, in.c, 1}, every(in.h), every(in.w)}, {value_});
    const auto more = static_cast<int>(out - in.c);
    value_ = graph_.add(name + ".pad", Pad{{more / 2, more - more / 2}, {}, {}, 0}, {value_});
  }

  void classifier() {
    const std::string name = parameters_.has("fc.weight") ? "fc" : "linear";
    const auto found = state_.find(name + ".weight");
    const std::int64_t classes =
        found == state_.end() || found->second.dims.empty() ? 10 : found->second.dims[0];
    value_ = graph_.add(name,
                        Linear{parameters_.array(name + ".weight", {classes, channels(), 1, 1}),
                               parameters_.vector(name + ".bias", classes)},
                        {value_});
  }

  Parameters parameters_;
  const StateDict& state_;
  Graph graph_;
  NodeId value_{};
};

}  // namespace

bool is_cifar_resnet(const StateDict& state) {
  const auto stem = state.find("conv1.weight");
  if (stem == state.end() || stem->second.dims.size() != 4 || stem->second.dims[2] != 3) return false;
  const std::int64_t width = stem->second.dims[0];
  return width >= 1 && width <= 4096 && blocks_in(state, 1) > 0 && blocks_in(state, 2) > 0 &&
         blocks_in(state, 3) > 0 && blocks_in(state, 4) == 0 && !state.contains("layer1.0.conv3.weight");
}

Graph build_cifar_resnet(const StateDict& state, const Shape& input, const std::string& who) {
  return Builder(state, input, who).build();
}

std::string cifar_resnet_name(const StateDict& state) {
  int layers = 2;
  for (int stage = 1; stage <= kStages; ++stage) layers += 2 * blocks_in(state, stage);
  return "ResNet-" + std::to_string(layers);
}

}  // namespace zsq
