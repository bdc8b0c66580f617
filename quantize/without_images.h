#pragma once

#include "graph/graph.h"
#include "graph/preprocessing.h"
#include "quantize/scheme.h"
#include "runtime/plan_file.h"

namespace zsq::quantize {

/// The integer program of a float network that nothing was calibrated on: activations have the ranges that
/// its batch norms promise (see stored_ranges.h), weights are rounded to nearest. For measuring speed and for
/// tests: quantize() is far more accurate. Throws Error as quantize() does.
runtime::PlanFile plan_without_images(const Graph& graph, const Preprocessing& pixels, const Scheme& scheme);

}  // namespace zsq::quantize
