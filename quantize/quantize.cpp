#include "quantize/quantize.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "graph/check.h"
#include "quantize/bias_correction.h"
#include "quantize/calibrate.h"
#include "quantize/channel_ranges.h"
#include "quantize/equalize.h"
#include "quantize/judge.h"
#include "quantize/lower.h"
#include "quantize/lower_layer.h"
#include "quantize/precision.h"
#include "quantize/prepare.h"
#include "quantize/round_weights.h"
#include "quantize/second_order.h"
#include "quantize/supported.h"

namespace zsq::quantize {
namespace {

std::map<NodeId, QuantizedWeight> quantize_weights(const QuantizedGraph& q, const Scheme& scheme) {
  std::map<NodeId, QuantizedWeight> all;
  const Precision precision = choose_precision(q.graph, q.units, scheme);
  for (std::size_t i = 0; i < q.graph.nodes().size(); ++i) {
    const Node& node = q.graph.nodes()[i];
    const Array* weight = weight_of(node.op);
    if (weight == nullptr) continue;
    const auto smallest = smallest_scales(*bias_of(node.op), *q.activation[index(node.inputs[0])]);
    Scheme here = scheme;
    here.weight_bits = precision.nodes[i].weight->bits;
    all.emplace(NodeId(i), quantize_weight(*weight, smallest, here));
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

/// What the steps make of the float network.
struct State {
  QuantizedGraph network;
  std::shared_ptr<const Graph> uncorrected = {};  // with the biases of the float network
  Rounding rounding = Rounding::nearest;          // of the weights, as far as it has been decided
};

/// One step of the quantizer.
struct Step {
  std::string name;
  bool applies;
  std::function<State(const State&, const torch::Tensor& images)> change;
  double allowed_db = 0;  // of SQNR it may cost and still be kept
};

Recipe recipe_of(const Scheme& scheme, Precision precision, const Result& result) {
  Recipe recipe{
      .scheme = scheme, .precision = std::move(precision), .images = {}, .image_count = result.images.all};
  for (const StepReport& step : result.steps)
    (step.kept ? recipe.steps_kept : recipe.steps_undone).push_back(step.name);
  return recipe;
}

QuantizedGraph calibrated(Graph prepared, const Preprocessing& pixels, const torch::Tensor& images,
                          const Scheme& scheme) {
  QuantizedGraph q{std::move(prepared), {}, {}, {}};
  q.units = units(q.graph);
  q.activation = calibrate_activations(TorchExecutor(q.graph), q.units, images, pixels, scheme);
  return q;
}

State calibrated_state(Graph prepared, const Preprocessing& pixels, const torch::Tensor& images,
                       const Scheme& scheme) {
  State state{calibrated(std::move(prepared), pixels, images, scheme)};
  state.uncorrected = std::make_shared<const Graph>(state.network.graph);
  return state;
}

State rounded(State state, const Scheme& scheme, Rounding rounding) {
  Scheme with = scheme;
  with.rounding = state.rounding = rounding;
  state.network.weight = quantize_weights(state.network, with);
  return state;
}

State corrected(State state, const torch::Tensor& images) {
  state.network.graph = correct_biases(state.network, images);
  return state;
}

bool corrects(const Scheme& scheme) { return scheme.bias_correction == BiasCorrection::empirical; }

/// By the inputs of the network as it is, so that it is best corrected before; what was corrected was for
/// other weights, and is found anew.
State rounded_by_second_order(State state, const Scheme& scheme, const torch::Tensor& images) {
  state.network = with_second_order_rounding(std::move(state.network), images);
  state.rounding = Rounding::second_order;
  if (!corrects(scheme)) return state;
  state.network.graph = *state.uncorrected;
  return corrected(std::move(state), images);
}

/// From the start, on the equalized network, what `like` has gone through.
State equalized(const State& like, const Graph& prepared, const Preprocessing& pixels,
                const torch::Tensor& images, const Scheme& scheme) {
  const auto ranges = observe_channels(TorchExecutor(prepared), like.network.units, images,
                                       scheme.activation_range, scheme.activation_bits);
  State state = calibrated_state(equalize(prepared, like.network.units, ranges), pixels, images, scheme);
  state = rounded(std::move(state), scheme, std::min(like.rounding, Rounding::sum_preserving));
  if (corrects(scheme)) state = corrected(std::move(state), images);
  return like.rounding == Rounding::second_order ? rounded_by_second_order(std::move(state), scheme, images)
                                                 : state;
}

/// The steps in their order. `prepared` and `start` outlive them.
std::vector<Step> steps_for(const Graph& prepared, const State& start, const Preprocessing& pixels,
                            const Scheme& scheme) {
  const auto to = [&scheme](Rounding rounding) {
    return [&scheme, rounding](const State& s, const torch::Tensor&) { return rounded(s, scheme, rounding); };
  };
  // Its headroom is for images other than those of calibration, which do not miss it.
  constexpr double kPriceOfHeadroom = 0.3;
  return {{"nearest rounding", true, to(Rounding::nearest)},
          {"sum-preserving rounding", scheme.rounding != Rounding::nearest, to(Rounding::sum_preserving)},
          {"bias correction", corrects(scheme), corrected},
          {"second-order rounding", scheme.rounding == Rounding::second_order,
           [&scheme](const State& s, const torch::Tensor& images) {
             return rounded_by_second_order(s, scheme, images);
           }},
          {"equalization",
           scheme.equalization == Equalization::depthwise && can_equalize(prepared, start.network.units),
           [&](const State& s, const torch::Tensor& images) {
             return equalized(s, prepared, pixels, images, scheme);
           },
           kPriceOfHeadroom}};
}

}  // namespace

Result quantize(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& images,
                const Scheme& scheme, const Progress& progress) {
  check_scheme(scheme);
  check(images.dim() == 4 && images.size(0) > 0, Fault::data, "calibration needs at least one image");
  const Graph prepared = quantize::prepared(graph);
  check_supported(prepared);
  const auto told = [&](const std::string& step) {
    if (progress) progress(step);
  };
  told("activation ranges");
  const Split parts = split(images);
  const State start = calibrated_state(prepared, pixels, parts.fit, scheme);
  const Judge judge(prepared, parts.judge);

  Result result;
  std::vector<Step> kept;
  State best = start;
  std::optional<Verdict> best_verdict;
  for (Step& step : steps_for(prepared, start, pixels, scheme)) {
    if (!step.applies) continue;
    told(step.name);
    const auto begun = std::chrono::steady_clock::now();
    State candidate = step.change(best, parts.fit);
    const auto verdict = judge.verdict(candidate.network);
    const bool keep = !best_verdict || !is_worse(*best_verdict, *verdict, step.allowed_db);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    result.steps.push_back({.name = step.name, .kept = keep, .seconds = took.count()});
    if (verdict) result.steps.back().sqnr_db = verdict->sqnr_db;
    if (!keep) continue;
    best_verdict = verdict;
    best = std::move(candidate);
    kept.push_back(std::move(step));
  }
  result.images = {.all = images.size(0), .judged_by = parts.judge.defined() ? parts.judge.size(0) : 0};
  if (parts.judge.defined()) {
    told("fitting again on all images");
    best = calibrated_state(prepared, pixels, images, scheme);
    for (const Step& step : kept) best = step.change(best, images);
  }
  told("lowering");
  result.file = lower(best.network, pixels);
  result.constant_channels = constant_channels(best.network);
  result.recipe = recipe_of(scheme, choose_precision(prepared, best.network.units, scheme), result);
  result.file.metadata.recipe = to_json(result.recipe).dump();
  return result;
}

}  // namespace zsq::quantize
