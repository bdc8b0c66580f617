#include "evaluate/predictions.h"

#include <torch/types.h>

#include "graph/check.h"
#include "images/load_pixels.h"
#include "images/pixel_codec.h"

namespace zsq::evaluate {
namespace {

Predictions predict_batches(const EvaluationSet& set,
                            const std::function<torch::Tensor(const torch::Tensor& pixels)>& run) {
  std::vector<torch::Tensor> logits;
  std::vector<std::int64_t> labels;
  const auto count = std::ssize(set.set.images);
  for (std::int64_t i = 0; i < count; i += set.batch) {
    const auto end = std::min(i + set.batch, count);
    const auto batch =
        std::span(set.set.images).subspan(static_cast<std::size_t>(i), static_cast<std::size_t>(end - i));
    logits.push_back(run(images::load_pixels(batch, set.preprocessing, set.input)).to(torch::kFloat64));
    for (const images::Picture& picture : batch) labels.push_back(picture.label);
    if (set.progress) set.progress(end);
  }
  return {torch::cat(logits), set.set.has_labels ? torch::tensor(labels, torch::kInt64) : torch::Tensor()};
}

}  // namespace

std::int64_t class_count(const Graph& graph) {
  const auto count = classes(graph);
  check(count.has_value(), Fault::unsupported, "accuracy is measured of classifiers, whose one output is ",
        "{n, classes, 1, 1}; this network has ", graph.outputs().size(), " outputs, the first of ",
        graph[graph.outputs().front()].shape);
  return *count;
}

Predictions predict(const TorchExecutor& network, const EvaluationSet& set) {
  class_count(network.graph());
  const at::NoGradGuard no_gradients;
  return predict_batches(set, [&](const torch::Tensor& pixels) {
    return network.run(images::from_pixels(pixels, set.preprocessing)).flatten(1);
  });
}

Predictions predict(runtime::Session& session, const runtime::PlanFile& file, const EvaluationSet& set) {
  return predict_batches(set,
                         [&](const torch::Tensor& pixels) { return real_logits(session, file, pixels); });
}

torch::Tensor real_logits(runtime::Session& session, const runtime::PlanFile& file,
                          const torch::Tensor& pixels) {
  torch::Tensor logits = torch::empty({pixels.size(0), class_count(file)}, torch::kInt32);
  session.run({pixels.data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())},
              {logits.data_ptr<std::int32_t>(), static_cast<std::size_t>(logits.numel())});
  return logits.to(torch::kFloat64) * logit_scale(file);
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
