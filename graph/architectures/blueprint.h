#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "graph/architectures/named_parameters.h"
#include "graph/checkpoint.h"
#include "graph/graph.h"

namespace zsq {

/// A network without its parameters.
struct Blueprint {
  std::string name;   // "resnet50", as a user asks for it
  std::string title;  // "ResNet-50"
  Shape usual_input;
  std::function<Graph(NamedParameters&, const Shape& input)> build;
  std::string belongs_elsewhere = {};  // parameters that begin so are for training only
};

/// The shape of a convolution's weights; none where there is no such parameter of four extents, each in
/// 1..4096.
std::optional<Shape> convolution(const StateDict& state, std::string_view weight);

/// Networks that are built by the same rules.
struct Family {
  /// The one whose parameters these look like, of whatever width, depth and classes; none where they do not.
  std::optional<Blueprint> (*recognise)(const StateDict&);
  /// One of a name, of its usual width and 1000 classes; none where it is not of the family.
  std::optional<Blueprint> (*named)(std::string_view name);
  std::vector<std::string_view> names;
};

}  // namespace zsq
