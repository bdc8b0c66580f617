#include "synth/report.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/text_table.h"
#include "graph/torch/parallel_batches.h"

namespace zsq::synth {
namespace {

using bnstats::Moments;
using bnstats::Statistics;
using torch::Tensor;

/// Of one run of the teacher.
struct Part {
  double weight;  // its share of the images
  std::vector<Moments> moments;
  Tensor logits;  // of a classifier
};

Part run_part(const TorchExecutor& teacher, std::span<const Statistics> stored, const Tensor& images,
              std::int64_t total) {
  const torch::NoGradGuard no_grad;
  bnstats::Probe probe(teacher.graph(), stored);
  const auto outputs =
      teacher.run_all(images.to(teacher.device()).contiguous(torch::MemoryFormat::ChannelsLast), probe.tap());
  return {static_cast<double>(images.size(0)) / static_cast<double>(total),
          {probe.moments().begin(), probe.moments().end()},
          classes(teacher.graph()) ? outputs.front().cpu() : Tensor()};
}

/// The moments of all images at batch norm i: E[x] and E[x^2] add up over the parts, in double.
Moments together(std::span<const Part> parts, std::size_t i) {
  const auto in_double = torch::TensorOptions(torch::kFloat64);
  Tensor mean = torch::zeros(parts.front().moments[i].mean.sizes(), in_double);
  Tensor square = torch::zeros_like(mean);
  for (const Part& part : parts) {
    const Tensor m = part.moments[i].mean.cpu().to(torch::kFloat64);
    mean += part.weight * m;
    square += part.weight * (part.moments[i].variance.cpu().to(torch::kFloat64) + m.square());
  }
  return {mean, (square - mean.square()).clamp_min(0)};
}

LayerFit layer_fit(const Statistics& stored, const Moments& batch) {
  const Tensor unit = stored.deviation().cpu().to(torch::kFloat64);
  const Tensor alive = stored.alive.cpu().to(torch::kFloat64);
  const auto over_living = [&](const Tensor& error) {
    return (error / unit * alive).sum().item<double>() / std::max(1, stored.channels() - stored.dead);
  };
  return {.name = stored.name,
          .channels = stored.channels(),
          .dead = stored.dead,
          .mean_error = over_living((batch.mean - stored.mean.cpu()).abs()),
          .std_error = over_living(((batch.variance + stored.epsilon).sqrt() - unit).abs())};
}

/// This process's largest resident memory so far.
double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

Quality measure_quality(const TorchExecutor& teacher, std::span<const Statistics> stored,
                        const Tensor& images, int batch, int threads) {
  const std::int64_t total = images.size(0);
  const auto count = static_cast<int>((total + batch - 1) / batch);
  std::vector<Part> parts(static_cast<std::size_t>(count));
  parallel_batches(count, threads, [&](int i, const BatchEnds&) {
    const std::int64_t begin = static_cast<std::int64_t>(i) * batch;
    parts[static_cast<std::size_t>(i)] = run_part(
        teacher, stored, images.narrow(0, begin, std::min<std::int64_t>(batch, total - begin)), total);
  });
  Quality quality;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    quality.fit.push_back(layer_fit(stored[i], together(parts, i)));
    quality.mean_error += quality.fit.back().mean_error / static_cast<double>(stored.size());
    quality.std_error += quality.fit.back().std_error / static_cast<double>(stored.size());
  }
  if (!parts.front().logits.defined()) return quality;
  quality.histogram.resize(static_cast<std::size_t>(parts.front().logits.size(1)));
  for (const Part& part : parts) {
    const auto [confidence, choice] = torch::softmax(part.logits, 1).max(1);
    quality.confidence += part.weight * confidence.mean().item<double>();
    for (std::int64_t n = 0; n < choice.numel(); ++n) {
      ++quality.histogram[static_cast<std::size_t>(choice[n].item<std::int64_t>())];
    }
  }
  return quality;
}

void check_quality(const Quality& quality) {
  constexpr double kWorst = 0.4;  // deviations, on average over layers; noise lies between 0.45 and 0.65
  const double error = std::max(quality.mean_error, quality.std_error);
  check(error < kWorst, Fault::target, "the images do not fit the batch norms: they are ", error,
        " standard deviations off on average, where less than ", kWorst,
        " is needed; try more steps or another learning rate");
}

std::string to_text(const Synthesis& synthesis, const Quality& quality) {
  std::vector<std::vector<std::string>> rows{{"batch norm", "mean error", "std error"}};
  for (const LayerFit& f : quality.fit)
    rows.push_back({f.name, fixed(f.mean_error, 3), fixed(f.std_error, 3)});
  rows.push_back({"mean", fixed(quality.mean_error, 3), fixed(quality.std_error, 3)});
  return text_table(rows) + "(both in units of each channel's stored deviation; 0 is a perfect fit)\n\n" +
         std::to_string(synthesis.images.size(0)) + " images in " + fixed(synthesis.seconds, 1) +
         " s, teacher's confidence " + fixed(quality.confidence, 2) + ", peak memory " +
         fixed(peak_rss_mb(), 0) + " MB\n";
}

nlohmann::json to_json(const Synthesis& synthesis, const Quality& quality) {
  auto fit = nlohmann::json::array();
  for (const LayerFit& layer : quality.fit) {
    fit.push_back({{"name", layer.name},
                   {"channels", layer.channels},
                   {"dead", layer.dead},
                   {"mean_error", layer.mean_error},
                   {"std_error", layer.std_error}});
  }
  const auto hit =
      std::count_if(quality.histogram.begin(), quality.histogram.end(), [](auto n) { return n > 0; });
  return {{"images", synthesis.images.size(0)},
          {"seconds", synthesis.seconds},
          {"seconds_per_100_iterations",
           100 * synthesis.seconds / static_cast<double>(std::max<std::int64_t>(1, synthesis.iterations))},
          {"peak_rss_mb", peak_rss_mb()},
          {"mean_error", quality.mean_error},
          {"std_error", quality.std_error},
          {"confidence", quality.confidence},
          {"classes", hit},
          {"spectrum", {{"brightness", quality.spectrum.brightness}, {"colour", quality.spectrum.colour}}},
          {"fit", std::move(fit)}};
}

}  // namespace zsq::synth
