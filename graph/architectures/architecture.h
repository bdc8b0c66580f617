#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/checkpoint.h"
#include "graph/graph.h"

namespace zsq {

/// A network found from the names and shapes of its parameters alone.
struct BuiltIn {
  std::string name;  // "ResNet-20"
  Graph graph;
};

/// Those that can be asked for by name: "resnet50", "mobilenet_v2", ...
std::vector<std::string> architecture_names();

/// Builds the first built-in architecture whose parameters `state` looks like, or the one of that name where
/// it is not empty, which may be a file NAME.json that draws one (see drawing.h); at that input or its usual
/// one. Throws Error, beginning with `who`: Fault::unsupported where it is none of them, Fault::model where
/// it nearly is, Fault::usage for an unknown name.
BuiltIn build_architecture(const StateDict& state, const std::optional<Shape>& input, const std::string& who,
                           const std::string& name = {});

/// One of architecture_names() with random parameters (see random_parameters.h) and its usual width and
/// number of classes. Throws Error (Fault::usage) for another name.
BuiltIn random_architecture(const std::string& name, std::uint64_t seed,
                            const std::optional<Shape>& input = {});

}  // namespace zsq
