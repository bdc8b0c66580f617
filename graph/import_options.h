#pragma once

#include <functional>
#include <optional>
#include <string>

#include "graph/array.h"

namespace zsq {

struct ImportOptions {
  /// Of one image (n == 1), where the model file does not say it; goes before what a side-car says.
  std::optional<Shape> input;

  /// Which built-in architecture a file of parameters alone is of, where it is not to be recognised.
  std::string architecture = {};

  /// Asked again and again while a model's own program runs; true ends the import, which throws Interrupted.
  std::function<bool()> stop = {};
};

}  // namespace zsq
