#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "quantize/quantize.h"
#include "quantize/quantized_graph.h"
#include "quantize/scheme.h"

/// The quantizer's steps, as values in a list. Private to quantize/.
namespace zsq::quantize {

/// What the steps make of the float network.
struct State {
  QuantizedGraph network;
  std::shared_ptr<const Graph> uncorrected = {};  // with the biases of the float network
  Rounding rounding = Rounding::nearest;          // of the weights, as far as it has been decided
  bool is_corrected = false;                      // its biases
};

/// One step of the quantizer.
struct Step {
  std::string name;
  std::function<bool(const State&)> applies;  // to what the steps before have made
  std::function<State(const State&, const torch::Tensor& images)> change;
  double allowed_db = 0;  // of SQNR it may cost and still be kept
  bool once = false;      // it takes so long that it is not fitted again on all images
};

/// Every layer's weights on their grids, by the scheme's rounding, or its sum-preserving start where that is
/// second-order. q: has units and grids.
std::map<NodeId, QuantizedWeight> quantize_weights(const QuantizedGraph& q, const Scheme& scheme);

/// Calibrated on the images, and nothing rounded yet.
State calibrated_state(Graph prepared, const Preprocessing& pixels, const torch::Tensor& images,
                       const Scheme& scheme);

/// The steps in their order. All arguments outlive them. told: of what a long step is at.
std::vector<Step> steps_for(const Graph& prepared, const State& start, const Preprocessing& pixels,
                            const Scheme& scheme, const Progress& told);

}  // namespace zsq::quantize
