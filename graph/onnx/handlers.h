#pragma once

#include <string_view>
#include <unordered_map>

#include "graph/onnx/importer.h"

namespace zsq::onnx {

/// Adds the nodes of an operator and returns the one whose value its first output is.
using Handler = NodeId (*)(Importer&, const Node&);
using Handlers = std::unordered_map<std::string_view, Handler>;

// One table per kind of operator.
const Handlers& layers();
const Handlers& functions_of_values();
const Handlers& arithmetic();
const Handlers& pools();
const Handlers& resizing();

/// The function for an operator, or none.
Handler handler_of(const Node& node);

// How attributes are read:

/// Two positive numbers, rows first.
Size2 size2(const Node& node, std::string_view attribute, Size2 absent = {});

/// A number that must fit an int.
int narrow(const Node& node, std::int64_t value);

/// auto_pad and pads of a window whose other fields are set.
Padding padding_of(const Node& node, const Window& window, const Shape& in);

}  // namespace zsq::onnx
