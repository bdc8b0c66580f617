#pragma once

#include <optional>
#include <vector>

#include "graph/onnx/views.h"

namespace zsq::onnx {

/// The outputs of a node all of whose inputs are constants: shape arithmetic, and what exporters compute from
/// weights. None for operators that are not known here. Throws Error as refuse() and need() do.
std::optional<std::vector<Tensor>> evaluate(const Call& call);

/// What Shape gives of a value with those extents: all, or those from its start to its end.
Tensor shape_of(const Node& node, const std::vector<std::int64_t>& dims);

}  // namespace zsq::onnx
