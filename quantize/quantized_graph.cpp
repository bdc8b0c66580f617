#include "quantize/quantized_graph.h"

#include <algorithm>
#include <span>

#include "graph/op_traits.h"
#include "graph/rewrite.h"

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

bool is_constant(const QuantizedWeight& weight, std::size_t output) {
  const std::size_t per_output = weight.codes.size() / weight.scale.size();
  const auto codes = std::span(weight.codes).subspan(output * per_output, per_output);
  return std::ranges::all_of(codes, [](std::int8_t c) { return c == 0; });
}

std::int64_t constant_outputs(const QuantizedWeight& weight) {
  std::int64_t count = 0;
  for (std::size_t o = 0; o < weight.scale.size(); ++o) count += is_constant(weight, o) ? 1 : 0;
  return count;
}

Graph dequantized(const QuantizedGraph& quantized) {
  return map_ops(quantized.graph, [&](NodeId id, Op op) {
    const auto q = quantized.weight.find(id);
    if (q != quantized.weight.end()) {
      Array& weight = *parameters(op).weight;
      weight = dequantized(weight, q->second);
    }
    return op;
  });
}

}  // namespace zsq::quantize
