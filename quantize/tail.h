#pragma once

#include <vector>

#include "graph/graph.h"

namespace zsq::quantize {

/// Where a network ends: the nodes behind which nothing leads to the outputs but adds, concats, pools,
/// slices, pads, shuffles, upsampling, clamps and leaky relus. Their values are int32 in the integer program,
/// on no grid and with no clip that calibration could have put too low. Layers and functions may be at its
/// head: they read 8-bit activations and make wide values.
class Tail {
 public:
  /// prepared: see prepare.h.
  explicit Tail(const Graph& prepared);

  bool contains(NodeId id) const { return in_[index(id)]; }

  /// Whether a node of the tail computes with wide values, as opposed to one that makes them: a layer, or a
  /// function of an activation outside.
  bool reads_wide(NodeId id) const;

 private:
  const Graph& graph_;
  std::vector<bool> in_;
};

}  // namespace zsq::quantize
