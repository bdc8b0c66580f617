#pragma once

#include <string>
#include <string_view>

#include "graph/architectures/blueprint.h"

namespace zsq {

/// A network without its parameters as JSON (docs/formats.md), which drawn_network reads: a node is named
/// after the module whose parameters it has in a state dict.
std::string drawing_of(const Graph& graph);

/// The network of such a text, which is not trusted. Throws Error (Fault::model) that begins with `who` (the
/// file's name) for what is not valid, an unknown op, key or node, with the nearest name that there is; its
/// build() does so for what does not fit together.
Blueprint drawn_network(std::string_view text, const std::string& who);

}  // namespace zsq
