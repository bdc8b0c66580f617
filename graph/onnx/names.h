#pragma once

#include <string>

#include "graph/onnx/model.h"

namespace zsq::onnx {

/// What a graph's node is called after an operator: the path of its module where the exporter wrote that
/// ("/layer1/layer1.0/relu/Relu" is layer1.0.relu), with the operator where the module has more than that.
std::string name_of(const Node& node);

/// The module that a parameter belongs to: "layer1.0.conv1" of "layer1.0.conv1.weight"; empty where its name
/// does not tell.
std::string owner_of(std::string_view parameter);

}  // namespace zsq::onnx
