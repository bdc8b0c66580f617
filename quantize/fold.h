#pragma once

#include "graph/graph.h"

namespace zsq::quantize {

/// The same function with fewer kinds of nodes, ready to be quantized:
///  * a batch norm behind a convolution or linear layer that it alone reads is folded into its weights and
///  bias;
///  * any other batch norm becomes a depthwise 1x1 convolution;
///  * every convolution and linear layer has a bias;
///  * a softmax at the end is dropped: it moves no argmax, and logits stay int32.
/// A folded layer keeps the convolution's name. Throws Error (Fault::unsupported) for a softmax anywhere
/// else.
Graph fold_batch_norms(const Graph& graph);

}  // namespace zsq::quantize
