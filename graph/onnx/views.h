#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "graph/onnx/refuse.h"

namespace zsq::onnx {

/// What an operator that only moves values makes of its first input: for each element of a result its place
/// in the input, both in row-major order. No places: all of them in their order.
struct View {
  std::vector<std::int64_t> dims;
  std::optional<std::vector<std::int64_t>> places;
};

/// A node with what is known where it is read.
struct Call {
  const Node& node;
  std::int64_t opset;
  std::function<const Tensor*(std::size_t)> constant;  // of an input; null where it is left out; may throw
  Budget& budget;
};

/// Whether an operator only moves values: one of those of views().
bool views_known(const Node& node);

/// One for each output of Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Slice, Gather, Split, Expand, Tile
/// and Identity; none for other operators. dims: of the first input. Throws Error as refuse() and need() do.
std::optional<std::vector<View>> views(const Call& call, const std::vector<std::int64_t>& dims);

/// Same, the parts of a SplitToSequence.
std::vector<View> split_to_sequence(const Call& call, const std::vector<std::int64_t>& dims);

/// Places of a broadcast to those extents, which follows numpy's rules.
View expanded(const Call& call, const std::vector<std::int64_t>& dims, std::vector<std::int64_t> to);

/// The extents of two operands together.
std::vector<std::int64_t> broadcast(const Call& call, const std::vector<std::int64_t>& a,
                                    const std::vector<std::int64_t>& b);

/// An axis counted from the front; throws where there is no such axis of so many.
std::size_t axis_of(const Node& node, std::int64_t axis, std::size_t axes);

/// A list of integers that newer operator sets have as an input and older ones as an attribute.
std::optional<std::vector<std::int64_t>> list(const Call& call, std::size_t input,
                                              std::string_view attribute);

}  // namespace zsq::onnx
