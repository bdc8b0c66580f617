#pragma once

#include <string>

#include "graph/graph.h"

/// What the integer machine can take.
namespace zsq::quantize {

/// Why it cannot take a node of a folded graph, or empty. What `zsq inspect` lists.
std::string why_unsupported(const Graph& folded, NodeId id);

/// Throws Error (Fault::unsupported) that names the first node it cannot take.
void check_supported(const Graph& folded);

}  // namespace zsq::quantize
