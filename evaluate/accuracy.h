#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "evaluate/predictions.h"

namespace zsq::evaluate {

/// Accuracy of a network beside that of the float network on the same images. Percentages.
struct Accuracy {
  std::int64_t images = 0;
  std::int64_t classes = 0, covered = 0;  // of the network; of which there was an image
  bool labelled = true;                   // false: all but agreement and sqnr_db are unknown, and 0
  double top1 = 0, float_top1 = 0;
  double confidence95 = 0;            // half width of top1's Wilson interval
  double agreement = 0;               // images on which both have the same first class
  std::int64_t lost = 0, gained = 0;  // right in float and wrong here, and the other way round
  double sqnr_db = 0;                 // of the logits
};

/// Both are of the same images and classes; labels are those of `got`.
Accuracy compare(const Predictions& got, const Predictions& in_float);

/// Half width, in per cent, of the 95 % Wilson score interval of a proportion in per cent.
double wilson_half_width(double percent, std::int64_t images);

/// "96.40 ± 1.17"
std::string with_interval(double percent, std::int64_t images);

/// "of 3 of the 10 classes" with a space before it, where there was not an image of each; else empty.
std::string coverage(const Accuracy& accuracy);

/// The keys that `zsq eval --json` and each row of `zsq compare --json` have in common; docs/json.md says
/// what they mean.
nlohmann::json to_json(const Accuracy& accuracy);

}  // namespace zsq::evaluate
