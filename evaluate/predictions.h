#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "images/decoder.h"
#include "images/image_set.h"
#include "images/pixels.h"
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
  const images::Decoder* decoder = nullptr;              // of its pictures; not owned
  std::int64_t batch = 32;                               // images decoded and run at once; changes no result
  std::function<void(std::int64_t done)> progress = {};  // told after each batch; may throw
};

/// What a network said about a set: one logit vector an image.
struct Predictions {
  std::int64_t classes = 0;
  std::vector<double> logits = {};        // [n][classes], real values
  std::vector<std::int64_t> labels = {};  // [n], or empty where the set has none

  std::int64_t images() const { return std::ssize(logits) / classes; }

  /// Of one image.
  std::span<const double> operator[](std::int64_t image) const {
    return std::span(logits).subspan(static_cast<std::size_t>(image * classes),
                                     static_cast<std::size_t>(classes));
  }
};

/// The class of the largest logit, of equal ones the first.
std::int64_t first_class(std::span<const double> logits);

/// One character an image: '1' where its class is the network's first, else '0'. Requires labels.
std::string right_ones(const Predictions& predictions);

/// Of a classifier; throws Error (Fault::unsupported) for any other network.
std::int64_t class_count(const Graph& graph);

/// What `run` says of the set's batches: [n][classes] of n pictures. Throws Error (Fault::data) where an
/// image cannot be read or the network takes another size, and what `run` and `progress` throw.
Predictions predict(const EvaluationSet& set, std::int64_t classes,
                    const std::function<std::vector<double>(const images::Pixels&)>& run);

/// The integer program's; throws Error (Fault::unsupported) where it is no classifier, too.
Predictions predict(runtime::Session& session, const runtime::PlanFile& file, const EvaluationSet& set);

/// Of a classifier's plan; class_count throws Error (Fault::unsupported) where the plan is no classifier's.
std::int64_t class_count(const runtime::PlanFile& file);
double logit_scale(const runtime::PlanFile& file);  // real logit = logit_scale * integer

}  // namespace zsq::evaluate
