#pragma once

#include <torch/types.h>

#include "quantize/quantize.h"
#include "quantize/quantized_graph.h"

/// What all ways to quantize begin and end with. Private to quantize/.
namespace zsq::quantize {

/// The network as it is quantized. Throws Error as check_quantizable() does.
Graph prepared_for(const Graph& graph, const Scheme& scheme);

/// Sets the result's plan, its dead channels and its recipe, from its steps and images.
void finish(Result& result, const QuantizedGraph& network, const Preprocessing& pixels, const Scheme& scheme);

/// How exactly folding and equalization have kept the function: on a few of the images, in dB.
double float_sqnr_db(const Graph& given, const Graph& prepared, const torch::Tensor& images);

}  // namespace zsq::quantize
