#pragma once

#include "graph/architectures/blueprint.h"

namespace zsq {

/// EfficientNet-Lite0 (Tan and Le 2019, without squeeze-and-excitation and with ReLU6) under the names of
/// efficientnet_pytorch; "same" padding.
Family efficientnets_lite();

}  // namespace zsq
