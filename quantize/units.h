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

/// Cuts a prepared graph (prepare.h), but for its tail (tail.h), into units, in execution order of their last
/// nodes. A node is absorbed only where nothing else reads what comes before it. Of two layers that feed one
/// add, the later absorbs it.
std::vector<Unit> units(const Graph& graph);

}  // namespace zsq::quantize
