#pragma once

#include "apps/failure.h"

namespace zsq::apps {

/// As failure_of, and of LibTorch's and OpenCV's exceptions too.
Failure failure_with_torch(const std::exception_ptr& error);

}  // namespace zsq::apps
