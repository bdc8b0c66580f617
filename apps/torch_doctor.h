#pragma once

#include "apps/torch_interface.h"

namespace zsq::apps {

/// Versions, and how a small network fares that is quantized and run on every device.
TorchFacts find_torch_facts();

}  // namespace zsq::apps
