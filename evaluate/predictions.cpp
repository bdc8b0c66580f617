#include "evaluate/predictions.h"

#include <algorithm>

#include "graph/check.h"
#include "graph/rewrite.h"
#include "images/load_pixels.h"

namespace zsq::evaluate {

std::int64_t first_class(std::span<const double> logits) {
  return std::ranges::max_element(logits) - logits.begin();
}

std::string right_ones(const Predictions& p) {
  std::string all;
  for (std::int64_t i = 0; i < p.images(); ++i)
    all += first_class(p[i]) == p.labels[static_cast<std::size_t>(i)] ? '1' : '0';
  return all;
}

std::int64_t class_count(const Graph& graph) {
  const auto count = classes(graph);
  check(count.has_value(), Fault::unsupported, "accuracy is measured of classifiers, whose one output is ",
        "{n, classes, 1, 1}; this network has ", graph.outputs().size(), " outputs, the first of ",
        graph[graph.outputs().front()].shape);
  return *count;
}

Predictions predict(const EvaluationSet& set, std::int64_t classes,
                    const std::function<std::vector<double>(const images::Pixels&)>& run) {
  Predictions all{classes};
  const auto count = std::ssize(set.set.images);
  for (std::int64_t i = 0; i < count; i += set.batch) {
    const auto end = std::min(i + set.batch, count);
    const auto batch =
        std::span(set.set.images).subspan(static_cast<std::size_t>(i), static_cast<std::size_t>(end - i));
    const auto logits = run(images::load_pixels(batch, set.preprocessing, set.input, *set.decoder));
    all.logits.insert(all.logits.end(), logits.begin(), logits.end());
    if (set.set.has_labels)
      for (const images::Picture& picture : batch) all.labels.push_back(picture.label);
    if (set.progress) set.progress(end);
  }
  return all;
}

Predictions predict(runtime::Session& session, const runtime::PlanFile& file, const EvaluationSet& set) {
  const std::int64_t classes = class_count(file);
  const double scale = logit_scale(file);
  return predict(set, classes, [&](const images::Pixels& pixels) {
    std::vector<std::int32_t> integers(static_cast<std::size_t>(pixels.n * classes));
    session.run(pixels.values, integers);
    std::vector<double> logits(integers.size());
    std::ranges::transform(integers, logits.begin(), [&](std::int32_t q) { return q * scale; });
    return logits;
  });
}

std::int64_t class_count(const runtime::PlanFile& file) {
  const auto count = runtime::classes(file.plan);
  check(count.has_value(), Fault::unsupported, "the plan of '", file.metadata.network,
        "' is no classifier's: it has ", file.plan.outputs.size(),
        " outputs, where one of shape [1,classes,1,1] was needed");
  return *count;
}

double logit_scale(const runtime::PlanFile& file) {
  return file.metadata.tensors[runtime::index(file.plan.outputs.front())].scale;
}

}  // namespace zsq::evaluate
