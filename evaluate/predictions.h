#pragma once

#include <functional>

#include <torch/types.h>

#include "graph/torch/executor.h"
#include "images/image_set.h"
#include "runtime/plan_file.h"
#include "runtime/session.h"

/// What networks say of image sets, in float and in integers, and how the two compare. It is about
/// classifiers: networks of one output {n, classes, 1, 1}.
namespace zsq::evaluate {

/// A set with its preprocessing: decoded batch by batch, so memory does not grow with the set.
struct EvaluationSet {
  images::ImageSet set;
  Preprocessing preprocessing;
  Shape input;                                           // what the network takes, of one image
  std::int64_t batch = 32;                               // images decoded and run at once; changes no result
  std::function<void(std::int64_t done)> progress = {};  // told after each batch; may throw
};

/// What a network said about a labelled set: one logit vector an image.
struct Predictions {
  torch::Tensor logits;  // [n, classes] float64, real values
  torch::Tensor labels;  // [n] int64, or undefined where the set has none
};

/// Of a classifier; throws Error (Fault::unsupported) for any other network.
std::int64_t class_count(const Graph& graph);

/// Throws Error (Fault::data) where an image cannot be read or the network takes another size,
/// (Fault::unsupported) where the network is no classifier, and what `progress` throws.
Predictions predict(const TorchExecutor& network, const EvaluationSet& set);
Predictions predict(runtime::Session& session, const runtime::PlanFile& file, const EvaluationSet& set);

/// One session's int32 logits of some pixels [n, h, w, c], as real values [n, classes] float64.
torch::Tensor real_logits(runtime::Session& session, const runtime::PlanFile& file,
                          const torch::Tensor& pixels);

/// Of a classifier's plan; class_count throws Error (Fault::unsupported) where the plan is no classifier's.
std::int64_t class_count(const runtime::PlanFile& file);
double logit_scale(const runtime::PlanFile& file);  // real logit = logit_scale * integer

}  // namespace zsq::evaluate
