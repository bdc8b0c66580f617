#pragma once

#include "quantize/quantized_graph.h"
#include "runtime/plan_file.h"

namespace zsq::quantize {

/// The integer program of a quantized graph, with the meaning of its integers, validated: no accumulator of
/// it can overflow. Throws Error (Fault::unsupported), naming the node, for what the integer machine cannot
/// do.
runtime::PlanFile lower(const QuantizedGraph& quantized, const Preprocessing& pixels);

}  // namespace zsq::quantize
