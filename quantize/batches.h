#pragma once

#include <vector>

#include <torch/types.h>

#include "graph/torch/executor.h"

namespace zsq::quantize {

/// Runs the network over the images in small batches, without gradients. Returns each output of the network,
/// flattened: [n, features].
std::vector<torch::Tensor> run_batches(const TorchExecutor& network, const torch::Tensor& images,
                                       const Tap& tap = {});

}  // namespace zsq::quantize
