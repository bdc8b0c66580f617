#include "apps/search_measuring.h"

#include <chrono>
#include <cstdlib>

#include "apps/console.h"
#include "graph/check.h"
#include "quantize/judge.h"
#include "quantize/lower.h"
#include "runtime/memory.h"
#include "runtime/plan_file.h"
#include "search/latency.h"
#include "search/pareto.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using search::Cost;
using search::Widths;

fs::path latency_cache() {
  const char* const given = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  if (given != nullptr && *given != '\0') return fs::path(given) / "zsq" / "latency";
  return home == nullptr ? fs::path() : fs::path(home) / ".cache" / "zsq" / "latency";
}

runtime::PlanFile plan_of(const Ready& ready, const Job& job, const Widths& widths) {
  return quantize::lower(assembled(ready.candidates, ready.measured.space, widths), job.pixels);
}

search::LatencyOptions latency_options(const Job& job) {
  return {.path = job.path, .cache = latency_cache()};  // of one thread
}

/// Before minutes are spent on sensitivities: with none, a choice within the goals is as good as any.
void check_reachable(search::Measured measured, const AskedGoals& asked) {
  for (const search::Layer& layer : measured.space.layers)
    measured.sensitivity.weights.emplace_back(layer.widths.size(), 0.0);
  for (const search::Group& group : measured.space.groups)
    measured.sensitivity.activations.emplace_back(group.widths.size(), 0.0);
  search::best_widths(measured, asked.goals(measured));
}

}  // namespace

search::Measure measure_from(const Arguments& arguments) {
  const std::string text = arguments.text("sensitivity");
  for (const auto m : {search::Measure::noise, search::Measure::divergence, search::Measure::hessian})
    if (text == search::name(m)) return m;
  fail(Fault::usage, "--sensitivity is '", text, "', it must be noise, divergence or hessian");
}

Ready ready_for(const Job& job, const search::Space& space, const torch::Tensor& images,
                const Arguments& arguments, const AskedGoals& asked) {
  const auto begun = std::chrono::steady_clock::now();
  const quantize::Split parts = quantize::split(images);
  const search::LossMeter meter(job.prepared, job.pixels, images, job.threads);
  const search::LossMeter held_back(job.prepared, job.pixels, parts.judge.defined() ? parts.judge : images,
                                    job.threads);
  Ready ready{meter,
              held_back,
              search::candidates(job.prepared, space, job.pixels, parts.fit, {}, job.told),
              {space, {}, {}},
              {},
              {},
              0};
  const runtime::PlanFile widest = plan_of(ready, job, search::widest(space));
  ready.measured.costs.plan_bytes = std::ssize(runtime::encode_plan(widest));
  ready.measured.costs.arena_bytes = plan_memory(widest.plan, runtime::plain_demand(widest.plan)).bytes;
  if (asked.wants(Cost::latency) || arguments.flag("latency"))
    ready.measured.costs.latency =
        search::measure_latency(ready.candidates, space, job.pixels, latency_options(job), job.told);
  check_reachable(ready.measured, asked);
  const search::Measure measure = measure_from(arguments);
  const bool checks = arguments.has("check");
  if (checks || measure != search::Measure::hessian) {
    auto direct = search::direct_sensitivity(ready.candidates, space, meter, job.told);
    ready.by_measure[search::Measure::divergence] = std::move(direct.divergence);
    ready.by_measure[search::Measure::noise] = std::move(direct.noise);
  }
  if (checks || measure == search::Measure::hessian) {
    auto hessian = search::hessian_sensitivity(ready.candidates, space, meter, {}, job.told);
    ready.by_measure[search::Measure::hessian] = std::move(hessian.sensitivity);
    ready.probing = hessian.probing;
  }
  ready.measured.sensitivity = ready.by_measure.at(measure);
  ready.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return ready;
}

bool is_known(const search::Measured& measured, Cost cost) {
  return cost != Cost::latency || !measured.costs.latency.of_layers.empty();
}

void measure_rows(std::vector<Row>& rows, const Ready& ready, const Job& job) {
  for (Row& row : rows) {
    job.told("measuring " + row.name);
    row.loss = ready.meter.of(assembled(ready.candidates, ready.measured.space, row.widths));
    if (is_known(ready.measured, Cost::latency))
      row.latency = search::measured_latency(plan_of(ready, job, row.widths), latency_options(job));
  }
}

Widths within_drop(const Ready& ready, const std::vector<search::Goal>& goals, double most,
                   const std::function<void(const Widths&, double)>& found, const Job& job) {
  check(ready.meter.is_classifier(), Fault::unsupported,
        "--max-drop is of classes, and the network is no classifier; ask for --max-size or --average-bits");
  const search::Space& space = ready.measured.space;
  double least = 100;
  const auto narrowest = search::narrowest(ready.measured, goals, [&](const Widths& widths) {
    job.told("bisection at " +
             cost_text(Cost::average_bits, cost_at(ready.measured, Cost::average_bits, widths)) + " bits");
    const double drop = 100 * ready.held_back.of(assembled(ready.candidates, space, widths)).drop;
    least = std::min(least, drop);
    if (drop <= most) found(widths, drop);
    return drop <= most;
  });
  check(narrowest.has_value(), Fault::target,
        "no choice of widths has another class than the float network on at most ", most,
        " % of the images; the least that was reached is ", least, " %, so ask for that, or allow more bits");
  return *narrowest;
}

}  // namespace zsq::apps
