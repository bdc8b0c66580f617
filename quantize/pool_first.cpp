#include "quantize/pool_first.h"

#include "graph/rewrite.h"

namespace zsq::quantize {
namespace {

bool averages_all(const Op& op, const Shape& in) {
  if (std::holds_alternative<GlobalAvgPool>(op)) return true;
  const auto* pool = std::get_if<AvgPool2d>(&op);
  return pool != nullptr && pool->window.padding == Padding{} && pool->window.kernel.h == in.h &&
         pool->window.kernel.w == in.w;
}

bool is_pointwise(const Op& op) {
  const auto* conv = std::get_if<Conv2d>(&op);
  return conv != nullptr && conv->window == Window{};
}

}  // namespace

Graph pools_first(const Graph& graph) {
  const auto readers = consumers(graph);
  Rebuild rebuild(graph);
  const auto pool_behind = [&](NodeId id) -> std::optional<NodeId> {
    if (!is_pointwise(graph[id].op)) return std::nullopt;
    const auto reader = only_reader(graph, readers, id);
    return reader && averages_all(graph[*reader].op, graph[id].shape) ? reader : std::nullopt;
  };
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const NodeId id{static_cast<std::int32_t>(i)};
    const Node& node = graph[id];
    if (pool_behind(id)) continue;  // placed behind its pool
    if (node.inputs.empty() || pool_behind(node.inputs[0]) != id) {
      rebuild.keep(id);
      continue;
    }
    const Node& conv = graph[node.inputs[0]];
    const NodeId mean = rebuild.insert(node.name, GlobalAvgPool{}, {rebuild.place(conv.inputs[0])});
    rebuild.redirect(id, rebuild.insert(conv.name, conv.op, {mean}));
  }
  return rebuild.finish();
}

}  // namespace zsq::quantize
