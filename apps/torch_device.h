#pragma once

#include <torch/types.h>

#include "apps/arguments.h"

namespace zsq::apps {

/// --device of a command that synthesizes: cpu where it is not given. Throws Error (Fault::device) for a GPU
/// that is not there, or for which this LibTorch was not built.
torch::Device torch_device_from(const Arguments& arguments);

}  // namespace zsq::apps
