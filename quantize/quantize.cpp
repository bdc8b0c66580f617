#include "quantize/quantize.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/one_thread.h"
#include "quantize/finish.h"
#include "quantize/judge.h"
#include "quantize/steps.h"

namespace zsq::quantize {

void check_quantizable(const Graph& graph, const Scheme& scheme) { prepared_for(graph, scheme); }

Result quantize(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& images,
                const Scheme& scheme, const Progress& progress) {
  check(images.dim() == 4 && images.size(0) > 0, Fault::data, "calibration needs at least one image");
  const OneThread alone;
  const Graph prepared = prepared_for(graph, scheme);
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
  finish(result, best.network, pixels, scheme);
  result.float_sqnr_db = float_sqnr_db(graph, *best.uncorrected, images);
  return result;
}

}  // namespace zsq::quantize
