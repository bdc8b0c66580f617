#include "quantize/learned/grid_groups.h"

#include <numeric>

#include "quantize/calibrate.h"

namespace zsq::quantize {

std::vector<std::size_t> grid_groups(const QuantizedGraph& q) {
  std::vector<std::size_t> group(q.graph.nodes().size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (group[i] != i) i = group[i];
    return i;
  };
  for (std::size_t i = 0; i < group.size(); ++i) {
    const Node& node = q.graph.nodes()[i];
    if (!q.activation[i]) continue;
    const bool moves = moves_values(node.op), joins = std::holds_alternative<Concat>(node.op);
    for (const NodeId input : node.inputs)
      if (q.activation[index(input)] && (moves || (joins && q.activation[index(input)] == q.activation[i])))
        group[root(i)] = root(index(input));
  }
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = root(i);
  return group;
}

}  // namespace zsq::quantize
