#include "apps/dry_run.h"

#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/evaluation.h"
#include "apps/interrupt.h"
#include "apps/scheme_options.h"
#include "quantize/quantize.h"
#include "synth/noise.h"
#include "synth/synthesize.h"

namespace zsq::apps {

SynthesisCost probe_synthesis(const ModelSource& source, const synth::Options& options, Status& status) {
  using Clock = std::chrono::steady_clock;
  const std::int64_t enough = 4 * std::int64_t{std::max(1, options.threads)};
  const Teacher teacher = teacher_of(source, status);
  SynthesisCost cost;
  Clock::time_point first, last;
  std::int64_t warm = 0;  // the first step of each batch in flight pays for memory and is not timed
  try {
    synth::synthesize(teacher.network, teacher.stored, source.preprocessing, options,
                      {.progress = [&](const synth::Progress& p) {
                        status.progress("dry run: timing steps of the synthesis");
                        cost.steps = std::int64_t{p.batches} * p.steps;
                        last = Clock::now();
                        if (p.done <= std::max(1, options.threads)) {
                          first = last;
                          warm = p.done;
                        }
                        cost.timed = p.done;
                        return p.done < enough && !is_interrupted();
                      }});
  } catch (const synth::Interrupted&) {
    stop_if_interrupted();
  }
  const std::chrono::duration<double> took = last - first;
  const auto counted = static_cast<double>(std::max<std::int64_t>(1, cost.timed - warm));
  cost.seconds = took.count() / counted * static_cast<double>(cost.steps);
  cost.peak_rss_mb = peak_rss_mb();
  return cost;
}

double probe_quantization(const ModelSource& source, const quantize::Scheme& scheme, int count,
                          std::uint64_t seed, Status& status) {
  constexpr int kImages = 8;
  const Graph& graph = source.model.graph;
  const auto images = synth::noise_images(graph, source.preprocessing, kImages, seed);
  const auto seconds_with = [&](int steps) {
    quantize::Scheme few = scheme;
    few.learning_steps = steps;
    const Stopwatch watch;
    quantize::quantize(graph, source.preprocessing, images, few, [&](const std::string&) {
      status.progress("dry run: timing the quantization");
      stop_if_interrupted();
    });
    return watch.seconds();
  };
  const double with_one = seconds_with(1);
  const bool learns = rounding_of(scheme) == quantize::Rounding::learned;
  const double of_step = learns ? std::max(0.0, (seconds_with(3) - with_one) / 2) : 0;
  return (with_one - of_step) * count / kImages + of_step * scheme.learning_steps;
}

void show_cost(const ModelSource& source, const synth::Options& options, const Arguments& arguments,
               Status& status) {
  SynthesisCost cost{.peak_rss_mb = peak_rss_mb()};
  if (!arguments.has("images") && !is_instant(arguments)) cost = probe_synthesis(source, options, status);
  quantize::Scheme scheme = scheme_from(arguments);
  if (is_instant(arguments))
    scheme.rounding = std::min(rounding_of(scheme), quantize::Rounding::second_order);
  const double quantization = probe_quantization(source, scheme, options.count, options.seed, status);
  cost.peak_rss_mb = peak_rss_mb();
  if (arguments.flag("json")) {
    status.result(text_of({{"dry_run", true},
                           {"synthesis_seconds", cost.seconds},
                           {"synthesis_steps", cost.steps},
                           {"timed_steps", cost.timed},
                           {"quantization_seconds", quantization},
                           {"peak_rss_mb", cost.peak_rss_mb}}));
    return;
  }
  const std::string synthesis =
      cost.steps == 0
          ? "none"
          : "about " + fixed(cost.seconds, 0) + " s: " + std::to_string(options.count) + " images, " +
                std::to_string(cost.steps) + " steps, of which " + std::to_string(cost.timed) + " were tried";
  status.result(
      named_values({{"synthesis", synthesis},
                    {"quantization", "about " + fixed(quantization, 0) + " s, rounding " +
                                         std::string(name(rounding_of(scheme)))},
                    {"memory", "at least " + fixed(cost.peak_rss_mb, 0) + " MB, as much as this took"}}) +
      "an estimate, nothing was written\n");
}

}  // namespace zsq::apps
