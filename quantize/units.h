#pragma once

#include <optional>

#include "graph/graph.h"
#include "graph/op_traits.h"

namespace zsq::quantize {

/// A run of nodes that becomes one step of the plan: only its last node's value is ever an 8-bit activation.
///   layer | layer -> clamp | layer -> add -> clamp (the add's other input is the residual) | add -> clamp |
///   ...
struct Unit {
  NodeId head{};                        // the node that does the work
  NodeId last{};                        // whose value is kept
  std::optional<Clamp> clamp = {};      // of the activation that was absorbed
  std::optional<NodeId> residual = {};  // the other input of an absorbed add
};

/// Cuts a folded graph (fold_batch_norms) into units, in execution order of their last nodes. A node is
/// absorbed only where nothing else reads what comes before it. Of two layers that feed one add, the later
/// absorbs it.
std::vector<Unit> units(const Graph& graph);

/// The layer whose int32 accumulators are the logits: behind it there is nothing but flattening, and its
/// kernel covers its whole input. Absent where the network ends otherwise; then its last 8-bit activation is
/// widened.
std::optional<NodeId> logits_layer(const Graph& graph);

}  // namespace zsq::quantize
