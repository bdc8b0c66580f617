#pragma once

#include "graph/architectures/blueprint.h"

namespace zsq {

/// The ResNets of CIFAR (He et al., "Deep Residual Learning", section 4.2): three stages of basic blocks,
/// 6n+2 layers. Where a block changes shape, its shortcut is a strided slice with zero channels around it
/// (option A), or a strided 1x1 convolution with batch norm (option B, found by its parameters "shortcut" or
/// "downsample").
Family cifar_resnets();

}  // namespace zsq
