#pragma once

#include <string>

#include "graph/checkpoint.h"
#include "graph/graph.h"

namespace zsq {

/// The ResNets of CIFAR (He et al., "Deep Residual Learning", section 4.2): three stages of basic blocks,
/// 6n+2 layers. Where a block changes shape, its shortcut is a strided slice with zero channels around it
/// (option A), or a strided 1x1 convolution with batch norm (option B, found by its parameters "shortcut" or
/// "downsample").
bool is_cifar_resnet(const StateDict& state);

/// Throws Error (Fault::model), beginning with `who`, where a parameter is missing, left over or of another
/// shape.
Graph build_cifar_resnet(const StateDict& state, const Shape& input, const std::string& who);

/// "ResNet-20" for three blocks a stage.
std::string cifar_resnet_name(const StateDict& state);

}  // namespace zsq
