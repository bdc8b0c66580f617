#pragma once

#include <vector>

#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// A number for each node, equal where nodes must stay on one grid: what only moves values and what it moves,
/// a concat and the inputs that are made on its grid.
std::vector<std::size_t> grid_groups(const QuantizedGraph& q);

}  // namespace zsq::quantize
