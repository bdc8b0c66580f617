#include <algorithm>
#include <cmath>

#include "graph/onnx/handlers.h"

/// Layers with weights: convolutions, batch norms, linear layers.
namespace zsq::onnx {
namespace {

NodeId conv(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  Conv2d op{.weight = i.weights(node, 1), .bias = i.values(node, 2), .window = {}, .groups = 1};
  const Shape& w = op.weight.shape;
  if (std::ranges::all_of(op.bias, [](float b) { return b == 0; }))
    op.bias.clear();  // how exporters say none
  op.groups = narrow(node, node.integer("group", 1));
  op.window = {{narrow(node, w.h), narrow(node, w.w)}, size2(node, "strides"), size2(node, "dilations"), {}};
  op.window.padding = padding_of(node, op.window, i.shape(x));
  return i.add(node, std::move(op), {x}, 1);
}

/// Along one axis: what of the whole result is cut off in front and behind, or added behind.
struct Fit {
  int before = 0, after = 0, added = 0;
};

/// `whole`: with output padding. `wanted`: output_shape's extent, or what SAME asks for.
Fit fitted(const Node& node, std::int64_t whole, std::int64_t wanted) {
  if (wanted > whole) return {0, 0, narrow(node, wanted - whole)};
  const std::int64_t total = whole - wanted;
  const bool upper = node.text("auto_pad", "NOTSET") == "SAME_UPPER";
  const int less = narrow(node, total / 2), more = narrow(node, total - total / 2);
  return upper ? Fit{less, more, 0} : Fit{more, less, 0};
}

/// Sets crop, and output_padding where the result must be larger than it is.
void fit(const Node& node, ConvTranspose2d& op, const Shape& in) {
  const Shape& w = op.weight.shape;
  const auto shape = node.integers("output_shape");
  if (shape.empty() && !node.text("auto_pad", "NOTSET").starts_with("SAME")) {
    op.crop = padding_of(node, {{narrow(node, w.h), narrow(node, w.w)}, op.stride, op.dilation, {}}, in);
    return;
  }
  need(shape.empty() || shape.size() == 2, node, "asks for an output of ", shape.size(), " axes");
  const auto whole = [](std::int64_t extent, int stride, std::int64_t kernel, int dilation, int more) {
    return (extent - 1) * stride + dilation * (kernel - 1) + 1 + more;
  };
  const Fit h = fitted(node, whole(in.h, op.stride.h, w.h, op.dilation.h, op.output_padding.h),
                       shape.empty() ? in.h * op.stride.h : shape[0]);
  const Fit v = fitted(node, whole(in.w, op.stride.w, w.w, op.dilation.w, op.output_padding.w),
                       shape.empty() ? in.w * op.stride.w : shape[1]);
  op.crop = {h.before, v.before, h.after, v.after};
  op.output_padding = {narrow(node, std::int64_t{op.output_padding.h} + h.added),
                       narrow(node, std::int64_t{op.output_padding.w} + v.added)};
}

NodeId conv_transpose(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  ConvTranspose2d op{.weight = i.weights(node, 1),
                     .bias = i.values(node, 2),
                     .stride = size2(node, "strides"),
                     .dilation = size2(node, "dilations"),
                     .crop = {},
                     .output_padding = size2(node, "output_padding", {0, 0}),
                     .groups = narrow(node, node.integer("group", 1))};
  fit(node, op, i.shape(x));
  return i.add(node, std::move(op), {x}, 1);
}

NodeId batch_norm(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  BatchNorm2d op{i.values(node, 1), i.values(node, 2), i.values(node, 3), i.values(node, 4),
                 node.number("epsilon", 1e-5F)};
  if (node.integer("training_mode", 0) != 0)
    i.warn("The model was exported in training mode; it is read as it is used, with its running statistics.");
  return i.add(node, std::move(op), {x}, 1);
}

/// A matrix as [out, in, 1, 1]; transposed: it is stored as [in, out].
Array matrix(Importer& i, const Node& node, std::size_t input, bool transposed) {
  const Tensor* t = i.constant(node, input);
  need(t != nullptr, node, "lacks its weights");
  if (t->dims.size() != 2)
    refuse(node, "has weights of ", t->dims.size(), " axes; matrices of features are supported");
  std::vector<float> stored = i.values(node, input);
  if (!transposed) return {{t->dims[0], t->dims[1], 1, 1}, std::move(stored)};
  const auto in = static_cast<std::size_t>(t->dims[0]), out = static_cast<std::size_t>(t->dims[1]);
  i.take(t->count(), node);
  std::vector<float> values(stored.size());
  for (std::size_t k = 0; k < in; ++k)
    for (std::size_t o = 0; o < out; ++o) values[o * in + k] = stored[k * out + o];
  return {{t->dims[1], t->dims[0], 1, 1}, std::move(values)};
}

void scale(std::vector<float>& values, float factor) {
  if (factor != 1)
    for (float& v : values) v *= factor;
}

/// One value for each output, of a constant [out], [1, out], [1] or a scalar.
std::vector<float> bias_of(Importer& i, const Node& node, std::size_t input, std::int64_t outputs) {
  const Tensor* t = i.constant(node, input);
  if (t == nullptr) return {};
  std::vector<float> bias = i.values(node, input);
  const bool rows = t->dims.size() > 1 && t->dims.front() != 1;
  if (rows || (std::ssize(bias) != outputs && bias.size() != 1))
    refuse(node, "adds a constant that is not one value for each output");
  i.take(outputs, node);
  bias.resize(static_cast<std::size_t>(outputs), bias.front());
  return bias;
}

NodeId gemm(Importer& i, const Node& node) {
  if (node.integer("transA", 0) != 0) refuse(node, "transposes what is computed from the image");
  const NodeId x = i.input(node, 0);
  if (i.dims(node, 0).size() != 2)
    refuse(node, "multiplies an image; features [n,c] are supported, flatten first");
  Linear op{matrix(i, node, 1, node.integer("transB", 0) == 0), {}};
  scale(op.weight.values, node.number("alpha", 1));
  op.bias = bias_of(i, node, 2, op.weight.shape.n);
  scale(op.bias, node.number("beta", 1));
  return i.add(node, std::move(op), {x}, 1);
}

NodeId matmul(Importer& i, const Node& node) {
  if (i.is_traced(node, 1))
    refuse(node, "multiplies two values computed from the image; only constant weights are supported");
  const NodeId x = i.input(node, 0);
  if (i.dims(node, 0).size() != 2)
    refuse(node, "multiplies an image; features [n,c] are supported, flatten first");
  return i.add(node, Linear{matrix(i, node, 1, true), {}}, {x}, 1);
}

}  // namespace

const Handlers& layers() {
  static const Handlers table{{"Conv", conv},
                              {"ConvTranspose", conv_transpose},
                              {"BatchNormalization", batch_norm},
                              {"Gemm", gemm},
                              {"MatMul", matmul}};
  return table;
}

}  // namespace zsq::onnx
