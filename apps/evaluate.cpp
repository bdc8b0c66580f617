#include "apps/evaluate.h"

#include <cmath>

#include "apps/interrupt.h"
#include "apps/load_images.h"
#include "quantize/sqnr.h"
#include "synth/pixel_codec.h"

namespace zsq::apps {
namespace {

Predictions predict(const EvaluationSet& set,
                    const std::function<torch::Tensor(const torch::Tensor& pixels)>& run) {
  std::vector<torch::Tensor> logits;
  std::vector<std::int64_t> labels;
  const auto count = std::ssize(set.set.images);
  for (std::int64_t i = 0; i < count; i += set.batch) {
    stop_if_interrupted();
    const auto end = std::min(i + set.batch, count);
    const auto images =
        std::span(set.set.images).subspan(static_cast<std::size_t>(i), static_cast<std::size_t>(end - i));
    logits.push_back(run(load_pixels(images, set.preprocessing, set.input)).to(torch::kFloat64));
    for (const ImageSource& image : images) labels.push_back(image.label);
    if (set.progress) set.progress(end);
  }
  return {torch::cat(logits), set.set.has_labels ? torch::tensor(labels, torch::kInt64) : torch::Tensor()};
}

double percent(const torch::Tensor& hits) { return 100 * hits.to(torch::kFloat64).mean().item<double>(); }

}  // namespace

Predictions predict(const TorchExecutor& network, const EvaluationSet& set) {
  const at::NoGradGuard no_gradients;
  return predict(set, [&](const torch::Tensor& pixels) {
    return network.run(synth::from_pixels(pixels, set.preprocessing)).flatten(1);
  });
}

Predictions predict(runtime::Session& session, const runtime::PlanFile& file, const EvaluationSet& set) {
  return predict(set, [&](const torch::Tensor& pixels) { return real_logits(session, file, pixels); });
}

torch::Tensor real_logits(runtime::Session& session, const runtime::PlanFile& file,
                          const torch::Tensor& pixels) {
  torch::Tensor logits = torch::empty({pixels.size(0), file.plan.classes}, torch::kInt32);
  session.run({pixels.data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())},
              {logits.data_ptr<std::int32_t>(), static_cast<std::size_t>(logits.numel())});
  return logits.to(torch::kFloat64) * file.metadata.logit_scale;
}

double wilson_half_width(double percentage, std::int64_t images) {
  constexpr double kZ = 1.959964;
  const double p = percentage / 100, n = static_cast<double>(images);
  return 100 * kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
}

Accuracy compare(const Predictions& got, const Predictions& in_float) {
  Accuracy a;
  a.images = got.logits.size(0);
  const auto mine = got.logits.argmax(1), theirs = in_float.logits.argmax(1);
  a.agreement = percent(mine == theirs);
  a.sqnr_db = quantize::sqnr_db(in_float.logits, got.logits);
  if (!got.labels.defined()) return a;
  const auto right = mine == got.labels, float_right = theirs == got.labels;
  a.top1 = percent(right);
  a.float_top1 = percent(float_right);
  a.confidence95 = wilson_half_width(a.top1, a.images);
  a.lost = float_right.logical_and(right.logical_not()).sum().item<std::int64_t>();
  a.gained = right.logical_and(float_right.logical_not()).sum().item<std::int64_t>();
  return a;
}

}  // namespace zsq::apps
