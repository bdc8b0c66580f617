#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "graph/graph.h"
#include "graph/preprocessing.h"
#include "quantize/qparams.h"
#include "quantize/units.h"

namespace zsq::quantize {

/// A layer's weights on their integer grid: real = scale[o] * code.
struct QuantizedWeight {
  int bits = 8;                    // 2..8; codes lie in [-(2^(bits-1)-1), 2^(bits-1)-1]
  std::vector<std::int8_t> codes;  // in the order of the layer's float weights
  std::vector<double> scale;       // one per output channel; 1 where all its codes are 0
};

/// Whether an output channel has no code but 0.
bool is_constant(const QuantizedWeight& weight, std::size_t output);

/// How many output channels have no code but 0: they hold their bias and nothing else.
std::int64_t constant_outputs(const QuantizedWeight& weight);

/// A folded graph with everything that decides its integer program.
struct QuantizedGraph {
  Graph graph;  // folded; its biases are corrected, its weights still float
  std::vector<Unit> units;
  std::vector<std::optional<QParams>> activation;  // per node; set for the last node of each unit
  std::map<NodeId, QuantizedWeight> weight;        // one per convolution and linear layer
};

/// The same graph with each layer's weights replaced by what its codes mean.
Graph dequantized(const QuantizedGraph& quantized);

}  // namespace zsq::quantize
