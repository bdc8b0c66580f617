#pragma once

#include <torch/types.h>

#include "graph/torch/executor.h"

namespace zsq::quantize {

/// Runs the network over the images in small batches, without gradients. Returns the outputs, flattened:
/// [n, features].
torch::Tensor run_batches(const TorchExecutor& network, const torch::Tensor& images, const Tap& tap = {});

}  // namespace zsq::quantize
