#pragma once

#include <vector>

#include "quantize/tail.h"

/// The scales of wide values. Private to quantize/.
namespace zsq::quantize {

/// Bilinear upsampling on wide values drops so many bits before it sums: its weights are worth as much. What
/// it makes has the scale of what it reads times 2^shift / (4 * factor.h * factor.w).
int upsampling_shift(Size2 factor);

/// The largest |real value| of every node of the tail. heads: those of the nodes that make wide values; of
/// the nodes outside that the tail reads, the largest |value| of their grid.
std::vector<double> tail_bounds(const Graph& graph, const Tail& tail, std::vector<double> heads);

/// The real value of one unit of each node's wide value; 0 outside the tail. Nodes that are joined by adds,
/// concats and what else computes with wide values share one scale, but for the known ratio of bilinear
/// upsampling: the finest at which all of them stay below 2^30, so that sums and roundings fit an int32.
/// Throws Error (Fault::unsupported) where two ways to one node have different ratios.
std::vector<double> tail_scales(const Graph& graph, const Tail& tail, const std::vector<double>& bounds);

}  // namespace zsq::quantize
