#pragma once

#include "graph/graph.h"

namespace zsq::quantize {

/// The network that is quantized, and the same function as the given one: batch norms folded, transposed
/// convolutions rewritten, global pools in front of 1x1 convolutions. Throws Error as fold_batch_norms does.
Graph prepared(const Graph& graph);

}  // namespace zsq::quantize
