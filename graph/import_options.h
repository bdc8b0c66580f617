#pragma once

#include <optional>

#include "graph/array.h"

namespace zsq {

/// What a model file may not say about itself.
struct ImportOptions {
  std::optional<Shape> input;  // of one image: n == 1; it goes before what a side-car says
};

}  // namespace zsq
