#pragma once

#include <vector>

#include "quantize/tail.h"

namespace zsq::quantize {

/// By how much the grids that the head of the tail reads are wider than calibration says, per node whose grid
/// it is; 0 for all other nodes. Where the tail has no layer, the last layer's input counts as read by it.
/// These grids are always of 8 bits.
std::vector<double> headrooms(const Graph& prepared, const Tail& tail);

}  // namespace zsq::quantize
