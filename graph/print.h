#pragma once

#include <string>

#include "graph/graph.h"

namespace zsq {

/// An op in a few words, given its output and the shapes it takes: "conv 3x3/2 16->32 groups 16 pad 0,0,1,1".
/// Padding is top, left, bottom, right; one number where the four are equal.
std::string describe(const Op& op);

/// One line a node: number, name, op, inputs by number, output shape; in aligned columns.
std::string to_text(const Graph& graph);

}  // namespace zsq
