#pragma once

#include <vector>

#include <torch/types.h>

#include "graph/torch/executor.h"
#include "quantize/scheme.h"
#include "quantize/units.h"

namespace zsq::quantize {

/// How far each channel of each node's output reaches from zero; empty for nodes that are not asked for.
using ChannelRanges = std::vector<std::vector<double>>;

/// For the last node of each unit that has weights, from a float run over images: [n, c, h, w], normalised.
/// min_max: the largest |value|. mse: where a grid of `bits` for that channel alone would best end, by the
/// sum of what is cut off and of a uniform rounding error.
ChannelRanges observe_channels(const TorchExecutor& network, const std::vector<Unit>& units,
                               const torch::Tensor& images, RangeMethod method, int bits);

}  // namespace zsq::quantize
