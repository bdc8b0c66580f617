#pragma once

#include <string>

#include "graph/graph.h"

namespace zsq {

/// SHA-256 over the numbers a network holds (weights, biases, batch norms), each list of them by itself and
/// then all in the order of their sums: names, file formats and the order of layers do not matter, so a
/// TorchScript file and the state dict it was made from are the same network. 64 hexadecimal digits.
std::string weights_sha256(const Graph& graph);

}  // namespace zsq
