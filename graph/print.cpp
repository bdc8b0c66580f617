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

std::string describe(const Padding& p) {
  if (p == Padding{}) return {};
  const bool even = p.top == p.left && p.top == p.bottom && p.top == p.right;
  return even ? text(" pad ", p.top) : text(" pad ", p.top, ',', p.left, ',', p.bottom, ',', p.right);
}

std::string describe(const Window& w) { return text(geometry(w), describe(w.padding)); }

std::string describe(const Conv2d& op) {
  const Shape& w = op.weight.shape;
  const std::string groups = op.groups > 1 ? text(" groups ", op.groups) : "";
  return text("conv ", geometry(op.window), ' ', w.c * op.groups, "->", w.n, groups,
              describe(op.window.padding), op.bias.empty() ? "" : " bias");
}

std::string describe(const Clamp& op) {
  if (op == Clamp{}) return "relu";
  if (op == Clamp{0, 6}) return "relu6";
  return text("clamp ", op.low, "..", op.high);
}

std::string describe(const Pointwise& op) {
  switch (op.function) {
    case Function::sigmoid: return "sigmoid";
    case Function::hardsigmoid: return "hardsigmoid";
    case Function::silu: return "silu";
    case Function::hardswish: return "hardswish";
    case Function::leaky_relu: return text("leaky relu ", op.slope);
  }
  return {};
}

std::string describe(const Pad& op) {
  std::string out = "pad";
  for (const auto& [name, a] : {std::pair{'c', op.c}, {'h', op.h}, {'w', op.w}})
    if (a != Pad::Amount{}) out += text(' ', name, ' ', a.before, ',', a.after);
  return op.value == 0 ? out : text(out, " with ", op.value);
}

std::string describe(const Slice& op) {
  std::string out = "slice";
  for (const auto& [name, r] : {std::pair{'c', op.c}, {'h', op.h}, {'w', op.w}}) {
    out += text(' ', name, ' ', r.begin, ':', r.end);
    if (r.step != 1) out += text(':', r.step);
  }
  return out;
}

std::string describe(const AvgPool2d& op) {
  return text("avgpool ", describe(op.window), op.padded == Padded::included ? " padding counts" : "");
}

std::string describe(const Linear& op) {
  return text("linear ", op.weight.shape.c, "->", op.weight.shape.n, op.bias.empty() ? "" : " bias");
}

std::string image(const Shape& s) { return s.h == 1 && s.w == 1 ? text(s.c) : text(s.c, 'x', s.h, 'x', s.w); }

using Row = std::array<std::string, 5>;

Row row_of(const Graph& graph, std::size_t i) {
  const Node& node = graph.nodes()[i];
  std::string inputs;
  for (const NodeId input : node.inputs) inputs += text(inputs.empty() ? "" : ",", index(input));
  return {text(i), node.name, describe(node.op), inputs, image(node.shape)};
}

}  // namespace

std::string describe(const Op& op) {
  return std::visit(
      Overloaded{
          [](const Input& o) { return text("input ", image(o.shape)); },
          [](const BatchNorm2d& o) { return text("batchnorm ", o.gamma.size()); },
          [](const Add&) { return std::string("add"); }, [](const Mul&) { return std::string("mul"); },
          [](const Concat&) { return std::string("concat"); },
          [](const MaxPool2d& o) { return text("maxpool ", describe(o.window)); },
          [](const GlobalAvgPool&) { return std::string("global avgpool"); },
          [](const Flatten&) { return std::string("flatten"); },
          [](const ChannelShuffle& o) { return text("channel shuffle ", o.groups); },
          [](const Softmax& o) { return text(o.of == Softmax::Of::logarithms ? "log " : "", "softmax"); },
          [](const auto& o) { return describe(o); }},
      op);
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
