#pragma once

#include <map>

#include "quantize/lower_layer.h"
#include "quantize/tail.h"
#include "quantize/unfinished_plan.h"

namespace zsq::quantize {

/// Lowers the nodes in which a network ends to steps on int32 values. Private to quantize/.
class TailLowering {
 public:
  /// Chooses the scales of all wide values. Throws Error as tail_scales does.
  TailLowering(const QuantizedGraph& quantized, const Tail& tail, UnfinishedPlan& plan);

  /// Adds a node of the tail. Requires that all it reads has been lowered.
  void lower(NodeId id);

 private:
  struct WideLayer {
    runtime::WideConv2d step;
    std::vector<double> accumulator_scale;
  };

  WideLayer wide_layer(NodeId id) const;
  double largest(NodeId id);
  double scale(NodeId id) const { return scales_[index(id)]; }
  const QParams& grid(NodeId id) const { return *quantized_.activation[index(id)]; }

  runtime::SlotId wide(NodeId input, double scale);
  runtime::SlotId output(NodeId id);
  void lower_layer(NodeId id);
  void tabulate(NodeId id);
  void compute(NodeId id);
  void average(NodeId id, const Window& window, bool constant);
  void upsample(NodeId id, const Upsample& op);

  const QuantizedGraph& quantized_;
  const Graph& graph_;
  const Tail& tail_;
  UnfinishedPlan& plan_;
  std::map<NodeId, WideLayer> layers_;  // all but the multipliers, until they are lowered
  std::vector<double> scales_;          // per node
  std::map<std::pair<NodeId, double>, runtime::SlotId> entered_;  // activations as wide values of a scale
};

}  // namespace zsq::quantize
