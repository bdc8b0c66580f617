#pragma once

#include <vector>

#include "graph/graph.h"
#include "graph/preprocessing.h"
#include "quantize/qparams.h"

namespace zsq::quantize {

/// What each node of the prepared network may give, from what `graph`'s batch norms remember alone; nothing
/// is run. Behind a batch norm each channel is taken for a normal distribution of mean beta and deviation
/// |gamma|, as it was in training, and reaches four deviations to either side. Behind a layer without one:
/// four deviations of the sum of its weights over inputs that are spread evenly over their range. Clamps,
/// sums, pools and the like are followed by interval arithmetic. prepared: prepared(graph). One range a node.
/// Throws Error as normalised_range() does.
std::vector<Range> stored_ranges(const Graph& graph, const Graph& prepared, const Preprocessing& pixels);

}  // namespace zsq::quantize
