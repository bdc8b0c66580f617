#pragma once

#include <functional>
#include <map>

#include <torch/types.h>

#include "graph/preprocessing.h"
#include "quantize/quantized_graph.h"
#include "quantize/scheme.h"
#include "search/space.h"

namespace zsq::search {

/// Told what a long step is at. What it throws ends it.
using Progress = std::function<void(const std::string& what)>;

/// A network's weights and grids at every width that may be chosen, made once, so that any choice of widths
/// is put together at once. Weights are rounded by second order: what a choice is worth is found without
/// learning.
struct Candidates {
  quantize::QuantizedGraph base;                                      // all at 8 bits
  std::map<int, std::map<NodeId, quantize::QuantizedWeight>> weight;  // by width
  std::map<int, std::vector<std::optional<quantize::QParams>>> activation;
};

/// prepared: see quantize/prepare.h. images: [n, c, h, w], normalised.
Candidates candidates(const Graph& prepared, const Space& space, const Preprocessing& pixels,
                      const torch::Tensor& images, const quantize::Scheme& scheme, const Progress& told);

quantize::QuantizedGraph assembled(const Candidates& candidates, const Space& space, const Widths& widths);

}  // namespace zsq::search
