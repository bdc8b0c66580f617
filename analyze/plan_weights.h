#pragma once

#include <map>
#include <vector>

#include <torch/types.h>

#include "graph/graph.h"
#include "runtime/plan_file.h"

namespace zsq::analyze {

/// What a layer's integer weights mean, [out][in / groups][h][w], and the scale of each output channel; both
/// undefined for a step without weights.
struct PlanWeights {
  torch::Tensor real, scale;
};
PlanWeights weights_of(const runtime::PlanFile& file, const runtime::Step& step);

/// By slot, by what equalization has multiplied each channel, [c] float64: ones where it was not equalized.
/// A plan does not say; it is found from its weights, by least squares against those of the float network.
std::vector<torch::Tensor> equalization_gains(const Graph& prepared, const runtime::PlanFile& file);

/// [1 or out][in / groups][1][1]: by what each weight's input was multiplied; gain: of the input's channels.
torch::Tensor input_gain(const runtime::Kernel& kernel, const torch::Tensor& gain);

/// A layer's weights, [out][in / groups][h][w] float64: a linear layer's as of a kernel as large as the
/// image.
torch::Tensor float_weights(const Op& layer, const torch::Tensor& like);

/// Nodes of the graph by their names.
std::map<std::string, NodeId> by_name(const Graph& graph);

}  // namespace zsq::analyze
