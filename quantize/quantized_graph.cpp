#include "quantize/quantized_graph.h"

#include <algorithm>
#include <span>

namespace zsq::quantize {
namespace {

Array dequantized(const Array& weight, const QuantizedWeight& q) {
  Array real = weight;
  const std::size_t per_output = q.codes.size() / q.scale.size();
  for (std::size_t i = 0; i < q.codes.size(); ++i)
    real.values[i] = static_cast<float>(q.codes[i] * q.scale[i / per_output]);
  return real;
}

}  // namespace

std::int64_t constant_outputs(const QuantizedWeight& weight) {
  const std::size_t per_output = weight.codes.size() / weight.scale.size();
  std::int64_t count = 0;
  for (std::size_t o = 0; o < weight.scale.size(); ++o) {
    const auto codes = std::span(weight.codes).subspan(o * per_output, per_output);
    count += std::ranges::all_of(codes, [](std::int8_t c) { return c == 0; }) ? 1 : 0;
  }
  return count;
}

Graph dequantized(const QuantizedGraph& quantized) {
  Graph out;
  for (const Node& node : quantized.graph.nodes()) {
    const auto q = quantized.weight.find(NodeId(std::ssize(out.nodes())));
    Op op = node.op;
    if (q != quantized.weight.end()) {
      if (auto* conv = std::get_if<Conv2d>(&op)) conv->weight = dequantized(conv->weight, q->second);
      if (auto* linear = std::get_if<Linear>(&op)) linear->weight = dequantized(linear->weight, q->second);
    }
    out.add(node.name, std::move(op), node.inputs);
  }
  return out;
}

}  // namespace zsq::quantize
