#pragma once

#include <string>

#include "runtime/plan.h"

/// Plans with the layers of well-known networks and numbers that mean nothing: for counting, not for answers.
namespace zsq::runtime {

/// "resnet50" or "mobilenet_v2"; `side` of the image. Throws std::invalid_argument for another name.
Plan plan_shaped_like(const std::string& network, std::int64_t side);

}  // namespace zsq::runtime
