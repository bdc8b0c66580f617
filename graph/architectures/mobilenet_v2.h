#pragma once

#include "graph/architectures/blueprint.h"

namespace zsq {

/// MobileNetV2 (Sandler et al. 2018) under torchvision's names, of any width.
Family mobilenets_v2();

}  // namespace zsq
