#pragma once

#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {

/// One input for each output; 3x3, 5x5 or 7x7, of stride 1 or 2, not dilated, without a residual.
bool depthwise_takes(const Conv2d& step);
Launches prepare_depthwise(const Context& context, const Conv2d& step);

}  // namespace zsq::runtime::cuda
