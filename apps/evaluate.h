#pragma once

#include <functional>
#include <vector>

#include <torch/types.h>

#include "apps/image_set.h"
#include "graph/torch/executor.h"
#include "runtime/plan_file.h"
#include "runtime/session.h"

namespace zsq::apps {

/// What a network said about a labelled set: one logit vector an image.
struct Predictions {
  torch::Tensor logits;  // [n, classes] float64, real values
  torch::Tensor labels;  // [n] int64, or undefined where the set has none
};

/// A set with its preprocessing: decoded batch by batch, so memory does not grow with the set.
struct EvaluationSet {
  ImageSet set;
  Preprocessing preprocessing;
  Shape input;
  std::int64_t batch = 32;
  std::function<void(std::int64_t done)> progress = {};
};

/// Both stop where Ctrl-C was pressed.
Predictions predict(const TorchExecutor& network, const EvaluationSet& set);
Predictions predict(runtime::Session& session, const runtime::PlanFile& file, const EvaluationSet& set);

/// One session's int32 logits of some pixels [n, h, w, c], as real values [n, classes].
torch::Tensor real_logits(runtime::Session& session, const runtime::PlanFile& file,
                          const torch::Tensor& pixels);

/// Accuracy of a network beside that of the float network on the same images. Percentages.
struct Accuracy {
  std::int64_t images = 0;
  double top1 = 0, float_top1 = 0;
  double confidence95 = 0;            // half width of top1's Wilson interval
  double agreement = 0;               // images on which both have the same first class
  std::int64_t lost = 0, gained = 0;  // right in float and wrong here, and the other way round
  double sqnr_db = 0;                 // of the logits
};

/// Fields that need labels stay 0 where there are none.
Accuracy compare(const Predictions& got, const Predictions& in_float);

/// Half width, in per cent, of the 95 % Wilson score interval of a proportion in per cent.
double wilson_half_width(double percent, std::int64_t images);

}  // namespace zsq::apps
