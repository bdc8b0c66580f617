#pragma once

#include <string>
#include <vector>

#include "graph/architectures/named_parameters.h"
#include "graph/graph.h"

namespace zsq {

/// Rows and columns around an image of that extent, so that a window of that kernel and stride gives
/// extent / stride places, rounded up; the odd one below or at the right (TensorFlow's "same").
Padding same_padding(const Shape& in, Size2 kernel, Size2 stride);

/// Adds layers one after another, named as an import of the same network would name them.
class Layers {
 public:
  struct Conv {
    std::int64_t out = 0;
    Size2 kernel = {1, 1}, stride = {1, 1};
    Padding padding = {};
    int groups = 1;
  };

  /// Both outlive it.
  Layers(NamedParameters& parameters, const Shape& input) : parameters_(parameters) {
    value_ = graph_.add("input", Input{input});
  }

  void conv(const std::string& name, const Conv& shape);
  void norm(const std::string& name, float epsilon = 1e-5F);
  void clamp(const std::string& name, const Clamp& bounds = {});
  void linear(const std::string& name, std::int64_t out);
  void add(std::string name, Op op, const std::vector<NodeId>& inputs);
  void add(std::string name, Op op) { add(std::move(name), std::move(op), {value_}); }

  NodeId value() const { return value_; }  // of the layer added last
  const Shape& shape() const { return graph_[value_].shape; }
  void go_on_from(NodeId value) { value_ = value; }
  Graph take() { return std::move(graph_); }

 private:
  NamedParameters& parameters_;
  Graph graph_;
  NodeId value_{};
};

constexpr Padding padding_of(int pad) { return {pad, pad, pad, pad}; }
constexpr Clamp kRelu6{0, 6};

}  // namespace zsq
