#include "quantize/tail.h"

#include <algorithm>

#include "graph/op_traits.h"

namespace zsq::quantize {
namespace {

/// Whether the op has a form that writes wide values.
bool can_end(const Op& op) {
  return traits(op).wide || weight_of(op) != nullptr || std::holds_alternative<Pointwise>(op);
}

bool is_function(const Op& op) {
  return std::holds_alternative<Pointwise>(op) || std::holds_alternative<Clamp>(op);
}

}  // namespace

Tail::Tail(const Graph& prepared) : graph_(prepared), in_(prepared.nodes().size()) {
  const auto readers = consumers(prepared);
  for (std::size_t i = in_.size(); i-- > 0;) {
    const auto takes_wide = [&](NodeId reader) {
      return contains(reader) && traits(prepared[reader].op).wide;
    };
    const bool leads_out = prepared.is_output(NodeId(i)) || !readers[i].empty();
    in_[i] = leads_out && can_end(prepared.nodes()[i].op) && std::ranges::all_of(readers[i], takes_wide);
  }
}

bool Tail::reads_wide(NodeId id) const {
  const Op& op = graph_[id].op;
  return traits(op).wide && (!is_function(op) || contains(graph_[id].inputs[0]));
}

}  // namespace zsq::quantize
