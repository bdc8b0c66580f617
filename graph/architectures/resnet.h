#pragma once

#include "graph/architectures/blueprint.h"

namespace zsq {

/// ResNets for ImageNet (He et al. 2016; strides in the 3x3 convolutions) under torchvision's names: 18, 34,
/// 50, 101 and 152 layers.
Family resnets();

}  // namespace zsq
