#pragma once

#include "graph/torch/executor.h"
#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// A Tap that rounds each unit's output to its grid, as the integer program will: with a network of
/// dequantized weights it is the float picture of the program. It exists to optimise with; figures that are
/// reported come from the program itself. Keeps a reference to `quantized`.
Tap rounding_tap(const QuantizedGraph& quantized);

/// values on a grid, still float. Gradients pass straight through inside the grid's range.
torch::Tensor on_grid(const torch::Tensor& values, const QParams& grid);

}  // namespace zsq::quantize
