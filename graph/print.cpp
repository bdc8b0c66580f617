#include "graph/print.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

namespace zsq {
namespace {

std::string text(const auto&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

std::string pair(Size2 s) { return s.h == s.w ? text(s.h) : text(s.h, ',', s.w); }

std::string geometry(const Window& w) {
  std::string out = text(w.kernel.h, 'x', w.kernel.w);
  if (w.stride != Size2{}) out += text('/', pair(w.stride));
  if (w.dilation != Size2{}) out += text(" dilation ", pair(w.dilation));
  return out;
}

std::string margin(const Padding& p) {
  if (p == Padding{}) return {};
  const bool even = p.top == p.left && p.top == p.bottom && p.top == p.right;
  return even ? text(" pad ", p.top) : text(" pad ", p.top, ',', p.left, ',', p.bottom, ',', p.right);
}

std::string whole(const Window& w) { return text(geometry(w), margin(w.padding)); }

std::string words(const Conv2d& op) {
  const Shape& w = op.weight.shape;
  const std::string groups = op.groups > 1 ? text(" groups ", op.groups) : "";
  return text("conv ", geometry(op.window), ' ', w.c * op.groups, "->", w.n, groups,
              margin(op.window.padding), op.bias.empty() ? "" : " bias");
}

std::string words(const ConvTranspose2d& op) {
  const Shape& w = op.weight.shape;
  const Window as_window{{static_cast<int>(w.h), static_cast<int>(w.w)}, op.stride, op.dilation, {}};
  const std::string groups = op.groups > 1 ? text(" groups ", op.groups) : "";
  return text("transposed conv ", geometry(as_window), ' ', w.n, "->", op.outputs(), groups, margin(op.crop),
              op.bias.empty() ? "" : " bias");
}

std::string words(const Clamp& op) {
  if (op == Clamp{}) return "relu";
  if (op == Clamp{0, 6}) return "relu6";
  return text("clamp ", op.low, "..", op.high);
}

std::string words(const Pointwise& op) {
  switch (op.function) {
    case Function::sigmoid: return "sigmoid";
    case Function::hardsigmoid: return "hardsigmoid";
    case Function::silu: return "silu";
    case Function::hardswish: return "hardswish";
    case Function::leaky_relu: return text("leaky relu ", op.slope);
  }
  return {};
}

std::string words(const Pad& op) {
  std::string out = "pad";
  for (const auto& [name, a] : {std::pair{'c', op.c}, {'h', op.h}, {'w', op.w}})
    if (a != Pad::Amount{}) out += text(' ', name, ' ', a.before, ',', a.after);
  return op.value == 0 ? out : text(out, " with ", op.value);
}

std::string words(const Slice& op) {
  std::string out = "slice";
  for (const auto& [name, r] : {std::pair{'c', op.c}, {'h', op.h}, {'w', op.w}}) {
    out += text(' ', name, ' ', r.begin, ':', r.end);
    if (r.step != 1) out += text(':', r.step);
  }
  return out;
}

std::string words(const AvgPool2d& op) {
  return text("avgpool ", whole(op.window), op.padded == Padded::included ? " padding counts" : "");
}

std::string words(const Linear& op) {
  return text("linear ", op.weight.shape.c, "->", op.weight.shape.n, op.bias.empty() ? "" : " bias");
}

std::string image(const Shape& s) { return s.h == 1 && s.w == 1 ? text(s.c) : text(s.c, 'x', s.h, 'x', s.w); }

// One for each op; there is none for Op itself, so one that is missing does not compile.
std::string words(const Input& op) { return text("input ", image(op.shape)); }
std::string words(const BatchNorm2d& op) { return text("batchnorm ", op.gamma.size()); }
std::string words(const Add&) { return "add"; }
std::string words(const Mul&) { return "mul"; }
std::string words(const Concat&) { return "concat"; }
std::string words(const MaxPool2d& op) { return text("maxpool ", whole(op.window)); }
std::string words(const GlobalAvgPool&) { return "global avgpool"; }
std::string words(const Flatten&) { return "flatten"; }
std::string words(const ChannelShuffle& op) { return text("channel shuffle ", op.groups); }
std::string words(const PixelShuffle& op) { return text("pixel shuffle ", pair(op.factor)); }
std::string words(const PixelUnshuffle& op) { return text("pixel unshuffle ", pair(op.factor)); }
std::string words(const Upsample& op) {
  return text("upsample ", op.mode == Upsample::Mode::nearest ? "nearest " : "bilinear ", pair(op.factor));
}
std::string words(const Softmax& op) {
  return text(op.of == Softmax::Of::logarithms ? "log " : "", "softmax");
}

using Row = std::array<std::string, 5>;

Row row_of(const Graph& graph, std::size_t i) {
  const Node& node = graph.nodes()[i];
  std::string inputs;
  for (const NodeId input : node.inputs) inputs += text(inputs.empty() ? "" : ",", index(input));
  return {text(i), node.name, describe(node.op), inputs, image(node.shape)};
}

}  // namespace

std::string describe(const Op& op) {
  return std::visit([](const auto& o) { return words(o); }, op);
}

std::string to_text(const Graph& graph) {
  std::vector<Row> rows;
  std::array<std::size_t, 5> widths{};
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    rows.push_back(row_of(graph, i));
    for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = std::max(widths[c], rows.back()[c].size());
  }
  std::string out;
  for (const Row& row : rows) {
    out += std::string(widths[0] - row[0].size(), ' ') + row[0];
    for (std::size_t c = 1; c < row.size(); ++c)
      out += text("  ", row[c], std::string(c + 1 < row.size() ? widths[c] - row[c].size() : 0, ' '));
    out += '\n';
  }
  return out;
}

}  // namespace zsq
