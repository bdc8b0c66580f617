#include "quantize/norms_of_layers.h"

namespace zsq::quantize {

std::map<std::string, const BatchNorm2d*> norms_of_layers(const Graph& graph) {
  std::map<std::string, const BatchNorm2d*> found;
  const auto readers = consumers(graph);
  for (const Node& node : graph.nodes()) {
    const auto* norm = std::get_if<BatchNorm2d>(&node.op);
    if (norm == nullptr) continue;
    found[node.name] = norm;
    if (only_reader(graph, readers, node.inputs[0])) found[graph[node.inputs[0]].name] = norm;
  }
  return found;
}

}  // namespace zsq::quantize
