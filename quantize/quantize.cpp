#include "quantize/quantize.h"

#include <chrono>

#include <torch/types.h>

#include "graph/check.h"
#include "quantize/batches.h"
#include "quantize/bias_correction.h"
#include "quantize/calibrate.h"
#include "quantize/channel_ranges.h"
#include "quantize/equalize.h"
#include "quantize/lower.h"
#include "quantize/lower_layer.h"
#include "quantize/prepare.h"
#include "quantize/round_weights.h"
#include "quantize/simulate.h"
#include "quantize/sqnr.h"
#include "quantize/supported.h"

namespace zsq::quantize {
namespace {

std::map<NodeId, QuantizedWeight> quantize_weights(const QuantizedGraph& q, const Scheme& scheme) {
  std::map<NodeId, QuantizedWeight> all;
  for (std::size_t i = 0; i < q.graph.nodes().size(); ++i) {
    const Node& node = q.graph.nodes()[i];
    const Array* weight = weight_of(node.op);
    if (weight == nullptr) continue;
    const auto smallest = smallest_scales(*bias_of(node.op), *q.activation[index(node.inputs[0])]);
    all.emplace(NodeId(i), quantize_weight(*weight, smallest, scheme));
  }
  return all;
}

std::vector<std::string> constant_channels(const QuantizedGraph& q) {
  std::vector<std::string> all;
  for (const auto& [id, weight] : q.weight) {
    const auto count = constant_outputs(weight);
    if (count > 0)
      all.push_back(q.graph[id].name + ": " + std::to_string(count) + " of " +
                    std::to_string(weight.scale.size()));
  }
  return all;
}

/// The quantizer's steps on one network, each tried and kept only where it helps.
class Quantizer {
 public:
  Quantizer(QuantizedGraph quantized, const torch::Tensor& images, const Progress& progress)
      : images_(images), progress_(progress), network_(std::move(quantized)) {
    float_outputs_ = run_batches(TorchExecutor(network_.graph), images_);
  }

  /// `change` makes the next candidate from the best network so far. Returns whether it was kept: it may cost
  /// up to `allowed_db` of the calibration images' SQNR.
  template <class Change>
  bool step(const std::string& name, const Change& change, double allowed_db = 0) {
    if (progress_) progress_(name);
    const auto start = std::chrono::steady_clock::now();
    QuantizedGraph candidate = change(network_);
    const double sqnr = simulated_sqnr(candidate);
    const bool keep = steps_.empty() || sqnr >= best_ - allowed_db;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    steps_.push_back({name, sqnr, keep, took.count()});
    if (keep) {
      best_ = sqnr;
      network_ = std::move(candidate);
    }
    return keep;
  }

  const QuantizedGraph& network() const { return network_; }
  const std::vector<StepReport>& steps() const { return steps_; }

 private:
  double simulated_sqnr(const QuantizedGraph& q) const {
    return worst_sqnr_db(float_outputs_,
                         run_batches(TorchExecutor(dequantized(q)), images_, rounding_tap(q)));
  }

  const torch::Tensor& images_;
  const Progress& progress_;
  QuantizedGraph network_;
  std::vector<torch::Tensor> float_outputs_;
  std::vector<StepReport> steps_;
  double best_ = 0;
};

QuantizedGraph calibrated(Graph folded, const Preprocessing& pixels, const torch::Tensor& images,
                          const Scheme& scheme) {
  QuantizedGraph q{std::move(folded), {}, {}, {}};
  q.units = units(q.graph);
  q.activation = calibrate_activations(TorchExecutor(q.graph), q.units, images, pixels, scheme);
  return q;
}

}  // namespace

Result quantize(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& images,
                const Scheme& scheme, const Progress& progress) {
  check_scheme(scheme);
  check(images.dim() == 4 && images.size(0) > 0, Fault::data, "calibration needs at least one image");
  const Graph folded = prepared(graph);
  check_supported(folded);
  if (progress) progress("activation ranges");
  Quantizer quantizer(calibrated(folded, pixels, images, scheme), images, progress);

  Scheme rounding = scheme;  // with what has been kept so far
  const auto round = [&](QuantizedGraph q) {
    q.weight = quantize_weights(q, rounding);
    return q;
  };
  const auto correct = [&](QuantizedGraph q) {
    if (scheme.bias_correction == BiasCorrection::empirical) q.graph = correct_biases(q, images);
    return q;
  };
  rounding.rounding = Rounding::nearest;
  quantizer.step("nearest rounding", round);
  if (scheme.rounding == Rounding::sum_preserving) {
    rounding.rounding = Rounding::sum_preserving;
    if (!quantizer.step("sum-preserving rounding", round)) rounding.rounding = Rounding::nearest;
  }
  if (scheme.bias_correction == BiasCorrection::empirical) quantizer.step("bias correction", correct);
  if (scheme.equalization == Equalization::depthwise && can_equalize(folded, quantizer.network().units)) {
    // Its headroom is for images other than those of calibration, which do not miss it.
    constexpr double kPriceOfHeadroom = 0.3;
    const auto change = [&](const QuantizedGraph& q) {
      const auto ranges = observe_channels(TorchExecutor(folded), q.units, images, scheme.activation_range,
                                           scheme.activation_bits);
      return correct(round(calibrated(equalize(folded, q.units, ranges), pixels, images, scheme)));
    };
    quantizer.step("equalization", change, kPriceOfHeadroom);
  }
  if (progress) progress("lowering");
  return {lower(quantizer.network(), pixels), quantizer.steps(), constant_channels(quantizer.network())};
}

}  // namespace zsq::quantize
