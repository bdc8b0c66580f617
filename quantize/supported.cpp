#include "quantize/supported.h"

#include "graph/check.h"
#include "graph/op_traits.h"

namespace zsq::quantize {
namespace {

/// Whether everything that reads a flattened image is a linear layer, which takes the image itself.
bool feeds_linear_layers_only(const Graph& graph, NodeId id) {
  const auto readers = consumers(graph);
  for (const NodeId reader : readers[index(id)]) {
    const Op& op = graph[reader].op;
    if (std::holds_alternative<Linear>(op)) continue;
    if (!std::holds_alternative<Flatten>(op) || !feeds_linear_layers_only(graph, reader)) return false;
  }
  return !graph.is_output(id);
}

}  // namespace

std::string why_unsupported(const Graph& graph, NodeId id) {
  const Node& node = graph[id];
  if (const auto reason = traits(node.op).no_integer_form; !reason.empty()) return std::string(reason);
  if (std::holds_alternative<Flatten>(node.op)) {
    const Shape& in = graph[node.inputs[0]].shape;
    if (in.h * in.w > 1 && !feeds_linear_layers_only(graph, id))
      return "flattening an image is supported only in front of a linear layer";
  }
  return {};
}

void check_supported(const Graph& folded) {
  for (std::size_t i = 0; i < folded.nodes().size(); ++i) {
    const std::string reason = why_unsupported(folded, NodeId(i));
    check(reason.empty(), Fault::unsupported, folded.nodes()[i].name, ": ", reason);
  }
}

}  // namespace zsq::quantize
