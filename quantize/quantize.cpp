#include "quantize/quantize.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "graph/check.h"
#include "quantize/batches.h"
#include "quantize/judge.h"
#include "quantize/lower.h"
#include "quantize/precision.h"
#include "quantize/prepare.h"
#include "quantize/sqnr.h"
#include "quantize/steps.h"
#include "quantize/supported.h"

namespace zsq::quantize {
namespace {

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

Recipe recipe_of(const Scheme& scheme, Precision precision, const Result& result) {
  Recipe recipe{
      .scheme = scheme, .precision = std::move(precision), .images = {}, .image_count = result.images.all};
  for (const StepReport& step : result.steps)
    (step.kept ? recipe.steps_kept : recipe.steps_undone).push_back(step.name);
  return recipe;
}

/// How exactly folding and equalization have kept the function: on a few of the images, in dB.
double float_sqnr_db(const Graph& given, const Graph& prepared, const torch::Tensor& images) {
  const auto few = images.slice(0, 0, 8);
  return worst_sqnr_db(run_batches(TorchExecutor(given), few), run_batches(TorchExecutor(prepared), few));
}

/// The network as it is quantized.
Graph checked(const Graph& graph, const Scheme& scheme) {
  check_scheme(scheme);
  Graph prepared = quantize::prepared(graph);
  check_supported(prepared);
  choose_precision(prepared, units(prepared), scheme);
  return prepared;
}

}  // namespace

void check_quantizable(const Graph& graph, const Scheme& scheme) { checked(graph, scheme); }

Result quantize(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& images,
                const Scheme& scheme, const Progress& progress) {
  check(images.dim() == 4 && images.size(0) > 0, Fault::data, "calibration needs at least one image");
  const Graph prepared = checked(graph, scheme);
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
  for (Step& step : steps_for(prepared, start, pixels, scheme, progress)) {
    if (!step.applies(best)) continue;
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
  result.images = {.all = images.size(0),
                   .judged_by = parts.judge.defined() ? parts.judge.size(0) : 0,
                   .fitted_again = parts.judge.defined() && std::ranges::none_of(kept, &Step::once)};
  if (result.images.fitted_again) {
    told("fitting again on all images");
    best = calibrated_state(prepared, pixels, images, scheme);
    for (const Step& step : kept) best = step.change(best, images);
  }
  told("lowering");
  result.file = lower(best.network, pixels);
  result.float_sqnr_db = float_sqnr_db(graph, *best.uncorrected, images);
  result.constant_channels = constant_channels(best.network);
  result.recipe = recipe_of(scheme, choose_precision(prepared, best.network.units, scheme), result);
  result.file.metadata.recipe = to_json(result.recipe).dump();
  return result;
}

}  // namespace zsq::quantize
