#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "graph/torch/executor.h"
#include "quantize/learned/learned_grid.h"
#include "quantize/learned/weight_codes.h"
#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// A layer whose integers, scales and biases are learnt.
struct LearnedLayer {
  torch::Tensor first_scale, first_bias;  // [out, 1], [out]: where learning began
  torch::Tensor log_scale;                // [out, 1]; the scale is first_scale * exp(log_scale)
  torch::Tensor bias_shift;               // [out], in steps of the layer's output grid
  double bias_unit = 1;                   // that step
  std::unique_ptr<WeightCodes> codes;

  torch::Tensor scale() const { return first_scale * log_scale.exp(); }
  torch::Tensor bias() const { return first_bias + bias_shift * bias_unit; }
};

/// Makes the codes of a layer learnable. real, codes: [out, taps], weights in units of their scales, and what
/// they are rounded to now.
using MakeCodes = std::function<std::unique_ptr<WeightCodes>(const torch::Tensor& real,
                                                             const torch::Tensor& codes, CodeRange range)>;

/// What the open part of a network computes with at one step, as functions of what is learnt: of each open
/// layer weight and bias, of each open grid its scale, in one order.
using Effective = std::vector<torch::Tensor>;

/// What is learnt of a network, by learning rate.
struct Parameters {
  std::vector<torch::Tensor> codes, scales, biases, grids;
};

/// A QuantizedGraph in the middle of being learnt, part after part.
class LearnedNetwork {
 public:
  /// start: rounded; weights are learnt from its graph's float ones, biases from its graph's.
  LearnedNetwork(QuantizedGraph start, MakeCodes make_codes);

  const QuantizedGraph& now() const { return now_; }

  /// Makes what lies in [begin, end) learnable. Grids that nodes outside share stay as they are.
  void open(NodeId begin, NodeId end);

  /// With gradients to parameters().
  Effective effective(double progress) const;

  /// A tap for the float network: it computes with the grids and weights as they are, and where they are open
  /// with `open`: effective()'s, or others in their place. What drop says is left off open grids.
  Tap tap(Effective open, Drop drop) const;

  /// Mean over the open layers; undefined where nothing is to be paid.
  torch::Tensor penalty(double progress) const;
  Parameters parameters() const;

  /// Rounds what was learnt and closes what is open.
  void settle();

 private:
  void open_layer(NodeId id);
  void settle_layer(const LearnedLayer& layer, NodeId id);
  std::vector<torch::Tensor> constants(NodeId id) const;

  QuantizedGraph now_;
  MakeCodes make_codes_;
  std::vector<std::size_t> group_;                          // of each node's grid
  std::map<NodeId, std::vector<torch::Tensor>> constants_;  // dequantized, of closed layers
  std::map<NodeId, LearnedLayer> layers_;                   // open
  std::map<std::size_t, torch::Tensor> log_scale_;          // of open groups: [1], 0 where learning began
};

}  // namespace zsq::quantize
