#pragma once

#include <vector>

#include "graph/graph.h"
#include "quantize/units.h"

/// Learning to round. Private to quantize/.
namespace zsq::quantize {

/// A run of nodes whose quantization is learnt together, so that its outputs equal the float network's.
struct Block {
  NodeId begin{}, end{};        // [begin, end) in execution order
  std::vector<NodeId> inputs;   // values from before it, which its nodes read; of the first block the images
  std::vector<NodeId> outputs;  // its values that later nodes read, or outputs of the network
};

/// Cuts a prepared graph into blocks that begin and end at one value wherever the graph has such places: a
/// residual or branching part is one block (as Li et al. 2021, "BRECQ", reconstruct). Layers in a row are
/// taken together up to the one behind a depthwise layer, or two where there is none. Where more than twelve
/// layers lie between two such places, as in a U-shaped network, they are cut where fewest values cross.
std::vector<Block> blocks(const Graph& prepared, const std::vector<Unit>& units);

}  // namespace zsq::quantize
