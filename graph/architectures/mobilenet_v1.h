#pragma once

#include "graph/architectures/blueprint.h"

namespace zsq {

/// MobileNetV1 (Howard et al. 2017), of any width, under the names that its PyTorch ports use, torchvision
/// having none: the stem is model.0.0 with batch norm model.0.1; of the i-th of thirteen blocks, model.i.0 is
/// depthwise, model.i.3 is 1x1, model.i.1 and model.i.4 are their batch norms; the classifier is fc.
Family mobilenets_v1();

}  // namespace zsq
