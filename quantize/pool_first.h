#pragma once

#include "graph/graph.h"

namespace zsq::quantize {

/// The same function with each mean over the whole image in front of the 1x1 convolution that it alone read
/// (stride 1, no padding, nothing between): a mean of sums is the sum of means, computed once an image
/// instead of at every place, and the convolution's output is then not an activation.
Graph pools_first(const Graph& graph);

}  // namespace zsq::quantize
