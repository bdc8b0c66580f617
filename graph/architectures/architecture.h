#pragma once

#include <optional>
#include <string>

#include "graph/checkpoint.h"
#include "graph/graph.h"

namespace zsq {

/// A network found from the names and shapes of its parameters alone.
struct BuiltIn {
  std::string name;  // "ResNet-20"
  Graph graph;
};

/// Builds the first built-in architecture whose parameters `state` looks like, at that input or its usual
/// one. Throws Error, beginning with `who`: Fault::unsupported where it is none of them, Fault::model where
/// it nearly is.
BuiltIn build_architecture(const StateDict& state, const std::optional<Shape>& input, const std::string& who);

}  // namespace zsq
