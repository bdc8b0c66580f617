#pragma once

#include "graph/graph.h"

namespace zsq::quantize {

/// Without transposed convolutions, and exactly the same function: each becomes a convolution whose output
/// channels are the phases of its stride (c * stride.h * stride.w + a * stride.w + b makes the places at rows
/// a and columns b modulo the stride; taps that a phase has not are zero), a pixel shuffle that brings them
/// to their places, and a slice that cuts off what the crop cuts off. A clamp that alone reads it goes in
/// front of the shuffle, so that the convolution can absorb it. The convolution keeps the name.
Graph without_transposed(const Graph& graph);

}  // namespace zsq::quantize
