#include "graph/torch/executor.h"

#include <array>

#include <torch/types.h>

#include "graph/check.h"
#include "graph/op_traits.h"

namespace zsq {
namespace {

using torch::Tensor;
using Constants = std::vector<Tensor>;

Tensor upload(const std::vector<float>& values, torch::Device device) {
  return values.empty() ? Tensor() : torch::tensor(values).to(device);
}

Tensor upload(const Array& a, torch::Device device) {
  return upload(a.values, device).reshape({a.shape.n, a.shape.c, a.shape.h, a.shape.w});
}

Constants upload(const Op& op, torch::Device device) {
  const Parameters p = parameters(op);
  if (p.weight != nullptr) return {upload(*p.weight, device), upload(*p.bias, device)};
  if (p.norm == nullptr) return {};
  return {upload(p.norm->gamma, device), upload(p.norm->beta, device), upload(p.norm->mean, device),
          upload(p.norm->variance, device)};
}

/// x with constant padding around its rows and columns; x itself where there is none.
Tensor padded(const Tensor& x, const Padding& p, double value) {
  return p == Padding{} ? x : torch::constant_pad_nd(x, {p.left, p.right, p.top, p.bottom}, value);
}

bool is_symmetric(const Padding& p) { return p.top == p.bottom && p.left == p.right; }

Tensor convolve(const Conv2d& op, const Tensor& x, const Constants& constant) {
  const Window& w = op.window;
  const bool symmetric = is_symmetric(w.padding);
  return torch::conv2d(symmetric ? x : padded(x, w.padding, 0), constant[0], constant[1],
                       {w.stride.h, w.stride.w},
                       {symmetric ? w.padding.top : 0, symmetric ? w.padding.left : 0},
                       {w.dilation.h, w.dilation.w}, op.groups);
}

Tensor convolve(const ConvTranspose2d& op, const Tensor& x, const Constants& constant) {
  const Padding& p = op.crop;
  const bool symmetric = is_symmetric(p);
  const Tensor whole = torch::conv_transpose2d(x, constant[0], constant[1], {op.stride.h, op.stride.w},
                                               {symmetric ? p.top : 0, symmetric ? p.left : 0},
                                               {op.output_padding.h, op.output_padding.w}, op.groups,
                                               {op.dilation.h, op.dilation.w});
  if (symmetric) return whole;
  return whole.slice(2, p.top, whole.size(2) - p.bottom).slice(3, p.left, whole.size(3) - p.right);
}

Tensor upsample(const Upsample& op, const Tensor& x) {
  const std::array<std::int64_t, 2> size{x.size(2) * op.factor.h, x.size(3) * op.factor.w};
  switch (op.mode) {
    case Upsample::Mode::nearest: return torch::upsample_nearest2d(x, size);
    case Upsample::Mode::bilinear: return torch::upsample_bilinear2d(x, size, /*align_corners=*/false);
  }
  fail(Fault::unsupported, "unknown mode");
}

/// Not torch::pixel_shuffle, which has one factor for both sides.
Tensor shuffle(const PixelShuffle& op, const Tensor& x) {
  const std::int64_t h = op.factor.h, w = op.factor.w, c = x.size(1) / (h * w);
  return x.reshape({x.size(0), c, h, w, x.size(2), x.size(3)})
      .permute({0, 1, 4, 2, 5, 3})
      .reshape({x.size(0), c, x.size(2) * h, x.size(3) * w});
}

Tensor unshuffle(const PixelUnshuffle& op, const Tensor& x) {
  const std::int64_t h = op.factor.h, w = op.factor.w, c = x.size(1);
  return x.reshape({x.size(0), c, x.size(2) / h, h, x.size(3) / w, w})
      .permute({0, 1, 3, 5, 2, 4})
      .reshape({x.size(0), c * h * w, x.size(2) / h, x.size(3) / w});
}

Tensor max_pool(const Window& w, const Tensor& x) {
  return torch::max_pool2d(padded(x, w.padding, -std::numeric_limits<double>::infinity()),
                           {w.kernel.h, w.kernel.w}, {w.stride.h, w.stride.w}, {0, 0},
                           {w.dilation.h, w.dilation.w});
}

Tensor window_sum(const Window& w, const Tensor& x) {
  return torch::avg_pool2d(padded(x, w.padding, 0), {w.kernel.h, w.kernel.w}, {w.stride.h, w.stride.w},
                           {0, 0},
                           /*ceil_mode=*/false, /*count_include_pad=*/true, /*divisor_override=*/1);
}

Tensor average_pool(const AvgPool2d& op, const Tensor& x) {
  const Window& w = op.window;
  if (op.padded == Padded::included) return window_sum(w, x) / (double{1} * w.kernel.h * w.kernel.w);
  if (w.padding == Padding{}) return torch::avg_pool2d(x, {w.kernel.h, w.kernel.w}, {w.stride.h, w.stride.w});
  return window_sum(w, x) / window_sum(w, torch::ones({1, 1, x.size(2), x.size(3)}, x.options()));
}

Tensor point(const Pointwise& op, const Tensor& x) {
  switch (op.function) {
    case Function::sigmoid: return torch::sigmoid(x);
    case Function::hardsigmoid: return torch::hardsigmoid(x);
    case Function::silu: return torch::silu(x);
    case Function::hardswish: return torch::hardswish(x);
    case Function::leaky_relu: return torch::leaky_relu(x, op.slope);
  }
  fail(Fault::unsupported, "unknown function");
}

Tensor clamp(const Clamp& op, const Tensor& x) {
  return op == Clamp{} ? torch::relu(x) : torch::clamp(x, op.low, op.high);
}

Tensor slice(const Slice& op, Tensor x) {
  std::int64_t dim = 1;
  for (const Slice::Range& r : {op.c, op.h, op.w}) x = x.slice(dim++, r.begin, r.end, r.step);
  return x;
}

Tensor compute(const Op& op, const std::vector<Tensor>& in, const Constants& constant) {
  return std::visit(
      Overloaded{
          [&](const Input&) { return in[0]; },
          [&](const Conv2d& o) { return convolve(o, in[0], constant); },
          [&](const ConvTranspose2d& o) { return convolve(o, in[0], constant); },
          [&](const Linear&) {
            return torch::linear(in[0].flatten(1), constant[0].flatten(1), constant[1])
                .unsqueeze(-1)
                .unsqueeze(-1);
          },
          [&](const BatchNorm2d& o) {
            return torch::batch_norm(in[0], constant[0], constant[1], constant[2], constant[3],
                                     /*training=*/false,
                                     /*momentum=*/0.0, o.epsilon, /*cudnn_enabled=*/true);
          },
          [&](const Clamp& o) { return clamp(o, in[0]); },
          [&](const Pointwise& o) { return point(o, in[0]); },
          [&](const Add&) { return in[0] + in[1]; },
          [&](const Mul&) { return in[0] * in[1]; },
          [&](const Concat&) { return torch::cat(in, 1); },
          [&](const MaxPool2d& o) { return max_pool(o.window, in[0]); },
          [&](const AvgPool2d& o) { return average_pool(o, in[0]); },
          [&](const GlobalAvgPool&) {
            return in[0].mean({2, 3}, /*keepdim=*/true);
          },
          [&](const Flatten&) { return in[0].flatten(1).unsqueeze(-1).unsqueeze(-1); },
          [&](const Pad& o) {
            return torch::constant_pad_nd(
                in[0], {o.w.before, o.w.after, o.h.before, o.h.after, o.c.before, o.c.after}, o.value);
          },
          [&](const Slice& o) { return slice(o, in[0]); },
          [&](const ChannelShuffle& o) { return torch::channel_shuffle(in[0], o.groups); },
          [&](const PixelShuffle& o) { return shuffle(o, in[0]); },
          [&](const PixelUnshuffle& o) { return unshuffle(o, in[0]); },
          [&](const Upsample& o) { return upsample(o, in[0]); },
          [&](const Softmax& o) {
            return o.of == Softmax::Of::logarithms ? torch::log_softmax(in[0], 1) : torch::softmax(in[0], 1);
          },
      },
      op);
}

}  // namespace

TorchExecutor::TorchExecutor(Graph graph, torch::Device device) : graph_(std::move(graph)), device_(device) {
  for (const Node& node : graph_.nodes()) constants_.push_back(upload(node.op, device));
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
    last_reader_.emplace_back(NodeId(i));
    for (const NodeId input : graph_.nodes()[i].inputs) last_reader_[index(input)] = NodeId(i);
  }
  for (const NodeId output : graph_.outputs()) last_reader_[index(output)].reset();
}

Tensor TorchExecutor::apply(NodeId node, const std::vector<Tensor>& inputs) const {
  return compute(graph_[node].op, inputs, constants_[index(node)]);
}

Tensor TorchExecutor::value(NodeId node, const std::vector<Tensor>& inputs, const Tap& tap) const {
  if (tap.instead)
    if (auto replaced = tap.instead(node, inputs)) return *std::move(replaced);
  const Constants& held = constants_[index(node)];
  const bool ask = tap.constants && !held.empty();
  return compute(graph_[node].op, inputs, ask ? tap.constants(node, held) : held);
}

void TorchExecutor::run_range(NodeId begin, NodeId end, std::vector<Tensor>& values, const Tap& tap) const {
  for (std::size_t i = index(begin); i < index(end); ++i) {
    const Node& node = graph_.nodes()[i];
    std::vector<Tensor> inputs;
    for (const NodeId input : node.inputs) inputs.push_back(values[index(input)]);
    for (const NodeId input : node.inputs)
      if (last_reader_[index(input)] == NodeId(i)) values[index(input)].reset();
    if (node.inputs.empty()) inputs.push_back(values[i]);
    values[i] = value(NodeId(i), inputs, tap);
    if (tap.after) values[i] = tap.after(NodeId(i), values[i]);
    if (last_reader_[i] == NodeId(i)) values[i].reset();
  }
}

std::vector<Tensor> TorchExecutor::run_all(const Tensor& images, const Tap& tap) const {
  const Shape& wanted = graph_.input_shape();
  check(images.dim() == 4 && images.size(1) == wanted.c && images.size(2) == wanted.h &&
            images.size(3) == wanted.w,
        Fault::data, "images of ", images.sizes(), " were given, the network takes ", wanted);
  std::vector<Tensor> values(graph_.nodes().size());
  values.front() = images;
  run_range(NodeId{0}, NodeId(values.size()), values, tap);
  std::vector<Tensor> outputs;
  for (const NodeId id : graph_.outputs()) {
    const Tensor& out = values[index(id)];
    outputs.push_back(out.size(2) == 1 && out.size(3) == 1 ? out.flatten(1) : out);
  }
  return outputs;
}

Tensor TorchExecutor::run(const Tensor& images, const Tap& tap) const {
  check(graph_.outputs().size() == 1, Fault::unsupported, "the network has ", graph_.outputs().size(),
        " outputs, where one was needed");
  return run_all(images, tap).front();
}

}  // namespace zsq
