#include "graph/torch/operators.h"

/// Layers with weights: convolutions, batch norms, linear layers.
namespace zsq::torchscript {
namespace {

using torch::Tensor;

Padding padding_of(const Call& call, std::size_t argument, const Window& w) {
  const c10::IValue& value = call[argument];
  if (!value.isString()) {
    const Size2 p = size2(call, argument, {0, 0});
    return {p.h, p.w, p.h, p.w};
  }
  if (value.toStringRef() == "valid") return {};
  if (value.toStringRef() != "same")
    refuse(call, "pads '", value.toStringRef(), "'; 'same' and 'valid' are supported");
  const int h = narrow(call, std::int64_t{w.dilation.h} * (w.kernel.h - 1)),
            v = narrow(call, std::int64_t{w.dilation.w} * (w.kernel.w - 1));
  return {h / 2, v / 2, h - h / 2, v - v / 2};  // the odd row or column comes last
}

/// conv(x, weight, bias, stride, padding, dilation, groups), however it is spelled.
NodeId convolve(Recorder& r, const Call& call, std::size_t groups) {
  const Tensor weight = call[1].toTensor(), bias = optional_tensor(call, 2);
  if (weight.dim() != 4)
    refuse(call, "is a convolution in ", weight.dim() - 2, " dimensions; zsq supports two");
  const Shape shape{weight.size(0), weight.size(1), weight.size(2), weight.size(3)};
  Window w{{narrow(call, shape.h), narrow(call, shape.w)}, size2(call, 3), size2(call, 5), {}};
  w.padding = padding_of(call, 4, w);
  const NodeId x = r.input(call, 0);
  return r.add(
      call,
      Conv2d{r.constant(call, weight, shape), r.constant(call, bias), w, narrow(call, call[groups].toInt())},
      {x}, weight);
}

/// conv2d(x, weight, bias, stride, padding, dilation, groups)
NodeId conv2d(Recorder& r, const Call& call) { return convolve(r, call, 6); }

/// A transposed convolution with its settings at these places.
struct TransposedPlaces {
  std::size_t output_padding, groups, dilation;
};
NodeId transposed(Recorder& r, const Call& call, TransposedPlaces at) {
  const Tensor weight = call[1].toTensor(), bias = optional_tensor(call, 2);
  if (weight.dim() != 4)
    refuse(call, "is a convolution in ", weight.dim() - 2, " dimensions; zsq supports two");
  const Shape shape{weight.size(0), weight.size(1), weight.size(2), weight.size(3)};
  const Size2 crop = size2(call, 4, {0, 0});
  ConvTranspose2d op{.weight = r.constant(call, weight, shape),
                     .bias = r.constant(call, bias),
                     .stride = size2(call, 3),
                     .dilation = size2(call, at.dilation),
                     .crop = {crop.h, crop.w, crop.h, crop.w},
                     .output_padding = size2(call, at.output_padding, {0, 0}),
                     .groups = narrow(call, call[at.groups].toInt())};
  return r.add(call, std::move(op), {r.input(call, 0)}, weight);
}

/// conv_transpose2d(x, weight, bias, stride, padding, output_padding, groups, dilation)
NodeId conv_transpose2d(Recorder& r, const Call& call) { return transposed(r, call, {5, 6, 7}); }

/// _convolution(x, weight, bias, stride, padding, dilation, transposed, output_padding, groups, ...)
NodeId convolution(Recorder& r, const Call& call) {
  return call[6].toBool() ? transposed(r, call, {7, 8, 5}) : convolve(r, call, 8);
}

/// batch_norm(x, weight, bias, mean, variance, training, momentum, eps, cudnn)
NodeId batch_norm(Recorder& r, const Call& call) {
  const NodeId x = r.input(call, 0);
  const Tensor weight = optional_tensor(call, 1), bias = optional_tensor(call, 2);
  const Tensor mean = optional_tensor(call, 3), variance = optional_tensor(call, 4);
  if (!mean.defined() || !variance.defined())
    refuse(call, "keeps no running statistics, which zsq works from; train with track_running_stats=True");
  const auto channels = static_cast<std::size_t>(r.shape(x).c);
  BatchNorm2d op{std::vector<float>(channels, 1.0F), std::vector<float>(channels, 0.0F),
                 r.constant(call, mean), r.constant(call, variance), static_cast<float>(call[7].toDouble())};
  if (weight.defined()) op.gamma = r.constant(call, weight);
  if (bias.defined()) op.beta = r.constant(call, bias);
  return r.add(call, std::move(op), {x}, mean);
}

NodeId add_linear(Recorder& r, const Call& call, const Tensor& x, const Tensor& weight, const Tensor& bias,
                  const Tensor& owner) {
  if (x.dim() != 2)
    refuse(call, "is a linear layer on ", x.dim(), " extents; features [n,c] are supported, flatten first");
  if (weight.dim() != 2) refuse(call, "has weights of ", weight.dim(), " extents, not 2");
  return r.add(
      call, Linear{r.constant(call, weight, {weight.size(0), weight.size(1), 1, 1}), r.constant(call, bias)},
      {r.input(call, x)}, owner);
}

/// linear(x, weight, bias)
NodeId linear(Recorder& r, const Call& call) {
  const Tensor weight = call[1].toTensor();
  return add_linear(r, call, call[0].toTensor(), weight, optional_tensor(call, 2), weight);
}

/// addmm(bias, x, transposed weight, beta, alpha)
NodeId addmm(Recorder& r, const Call& call) {
  const Tensor bias = call[0].toTensor(), weight = call[2].toTensor();
  if (r.is_traced(bias) || r.is_traced(weight))
    refuse(call, "multiplies two values computed from the image; only constant weights are supported");
  if (call[3].toScalar().toDouble() != 1 || call[4].toScalar().toDouble() != 1)
    refuse(call, "scales its sum by alpha or beta, which zsq does not support; scale the weights instead");
  return add_linear(r, call, call[1].toTensor(), weight.t(), bias.expand({weight.size(1)}), weight);
}

/// matmul(x, transposed weight)
NodeId matmul(Recorder& r, const Call& call) {
  const Tensor weight = call[1].toTensor();
  if (!r.is_traced(call[0]) || r.is_traced(weight) || weight.dim() != 2)
    refuse(call, "multiplies two values computed from the image; only constant weights are supported");
  return add_linear(r, call, call[0].toTensor(), weight.t(), {}, weight);
}

}  // namespace

const Handlers& convolution_operators() {
  static const Handlers table{{"conv2d", conv2d},
                              {"conv_transpose2d", conv_transpose2d},
                              {"_convolution_mode", conv2d},
                              {"_convolution", convolution},
                              {"convolution", convolution},
                              {"batch_norm", batch_norm},
                              {"linear", linear},
                              {"addmm", addmm},
                              {"matmul", matmul},
                              {"mm", matmul}};
  return table;
}

}  // namespace zsq::torchscript
