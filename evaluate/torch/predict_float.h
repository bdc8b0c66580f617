#pragma once

#include "evaluate/predictions.h"
#include "graph/torch/executor.h"

namespace zsq::evaluate {

/// The float network's. Throws Error as the integer program's predict() does.
Predictions predict(const TorchExecutor& network, const EvaluationSet& set);

}  // namespace zsq::evaluate
