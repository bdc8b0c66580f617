#pragma once

#include "graph/architectures/blueprint.h"

namespace zsq {

/// InceptionV3 (Szegedy et al. 2016) under torchvision's names, without the auxiliary classifier, which is
/// for training.
Family inceptions();

}  // namespace zsq
