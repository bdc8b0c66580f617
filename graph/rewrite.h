#pragma once

#include "graph/graph.h"

namespace zsq {

/// The nodes that `output` needs, and the input, in their order; `output` comes last.
Graph keep_needed(const Graph& graph, NodeId output);

/// Moves zero padding of rows and columns into the convolution behind it, where that is its one reader. Most
/// networks from other frameworks pad unevenly before a strided convolution.
Graph merge_padding(const Graph& graph);

/// Without a softmax at its end, which moves no class: what the integer program computes too.
Graph up_to_logits(const Graph& graph);

}  // namespace zsq
