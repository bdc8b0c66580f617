#include "quantize/quantize.h"

#include <chrono>

#include <torch/types.h>

#include "graph/check.h"
#include "quantize/bias_correction.h"
#include "quantize/calibrate.h"
#include "quantize/fold.h"
#include "quantize/lower.h"
#include "quantize/lower_layer.h"
#include "quantize/round_weights.h"
#include "quantize/simulate.h"
#include "quantize/sqnr.h"

namespace zsq::quantize {
namespace {

constexpr std::int64_t kBatch = 32;

torch::Tensor run_all(const TorchExecutor& network, const torch::Tensor& images, const Tap& tap = {}) {
  const at::NoGradGuard no_gradients;
  std::vector<torch::Tensor> outputs;
  for (std::int64_t i = 0; i < images.size(0); i += kBatch)
    outputs.push_back(network.run(images.slice(0, i, std::min(i + kBatch, images.size(0))), tap).flatten(1));
  return torch::cat(outputs);
}

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
    float_logits_ = run_all(TorchExecutor(network_.graph), images_);
  }

  /// `change` makes the next candidate from the best network so far.
  template <class Change>
  void step(const std::string& name, const Change& change) {
    if (progress_) progress_(name);
    const auto start = std::chrono::steady_clock::now();
    QuantizedGraph candidate = change(network_);
    const double sqnr = simulated_sqnr(candidate);
    const bool keep = steps_.empty() || sqnr >= best_;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    steps_.push_back({name, sqnr, keep, took.count()});
    if (!keep) return;
    best_ = sqnr;
    network_ = std::move(candidate);
  }

  const QuantizedGraph& network() const { return network_; }
  const std::vector<StepReport>& steps() const { return steps_; }

 private:
  double simulated_sqnr(const QuantizedGraph& q) const {
    return sqnr_db(float_logits_, run_all(TorchExecutor(dequantized(q)), images_, rounding_tap(q)));
  }

  const torch::Tensor& images_;
  const Progress& progress_;
  QuantizedGraph network_;
  torch::Tensor float_logits_;
  std::vector<StepReport> steps_;
  double best_ = 0;
};

QuantizedGraph calibrated(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& images,
                          const Scheme& scheme) {
  QuantizedGraph q{fold_batch_norms(graph), {}, {}, {}};
  q.units = units(q.graph);
  for (std::size_t i = 0; i < q.graph.nodes().size(); ++i) {
    const std::string reason = why_unsupported(q.graph, NodeId(i));
    check(reason.empty(), Fault::unsupported, q.graph.nodes()[i].name, ": ", reason);
  }
  q.activation = calibrate_activations(TorchExecutor(q.graph), q.units, images, pixels, scheme);
  return q;
}

}  // namespace

Result quantize(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& images,
                const Scheme& scheme, const Progress& progress) {
  check_scheme(scheme);
  check(images.dim() == 4 && images.size(0) > 0, Fault::data, "calibration needs at least one image");
  if (progress) progress("activation ranges");
  Quantizer quantizer(calibrated(graph, pixels, images, scheme), images, progress);

  Scheme to_nearest = scheme;
  to_nearest.rounding = Rounding::nearest;
  quantizer.step("nearest rounding", [&](QuantizedGraph q) {
    q.weight = quantize_weights(q, to_nearest);
    return q;
  });
  if (scheme.rounding == Rounding::sum_preserving) {
    quantizer.step("sum-preserving rounding", [&](QuantizedGraph q) {
      q.weight = quantize_weights(q, scheme);
      return q;
    });
  }
  if (scheme.bias_correction == BiasCorrection::empirical) {
    quantizer.step("bias correction", [&](QuantizedGraph q) {
      q.graph = correct_biases(q, images);
      return q;
    });
  }
  if (progress) progress("lowering");
  return {lower(quantizer.network(), pixels), quantizer.steps(), constant_channels(quantizer.network())};
}

}  // namespace zsq::quantize
