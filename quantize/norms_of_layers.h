#pragma once

#include <map>
#include <string>

#include "graph/graph.h"

namespace zsq::quantize {

/// The batch norm whose output a node of prepared(graph) makes, by that node's name: of layers that batch
/// norms were folded into, and of batch norms that stand alone. What they point to is the graph's.
std::map<std::string, const BatchNorm2d*> norms_of_layers(const Graph& graph);

}  // namespace zsq::quantize
