#pragma once

#include <string>

#include "runtime/plan_file.h"

namespace zsq::runtime::exporting {

/// The grids of a plan as AIMET's encodings, version 0.6.1 (JSON): of each 8-bit or narrower activation, by
/// the name of the network's node, and of each layer's weight, LAYER.weight, per output channel. They hold
/// for the network with its batch norms folded (and equalized, where the plan was made so). Offsets are
/// AIMET's: real = scale * (q + offset) with q from 0 up.
std::string to_encodings(const PlanFile& file);

}  // namespace zsq::runtime::exporting
