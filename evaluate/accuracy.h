#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "evaluate/predictions.h"

namespace zsq::evaluate {

/// Accuracy of a network beside that of the float network on the same images. Percentages.
struct Accuracy {
  std::int64_t images = 0;
  std::int64_t classes = 0, covered = 0;  // of the network; of which there was an image
  double top1 = 0, float_top1 = 0;
  double confidence95 = 0;            // half width of top1's Wilson interval
  double agreement = 0;               // images on which both have the same first class
  std::int64_t lost = 0, gained = 0;  // right in float and wrong here, and the other way round
  double sqnr_db = 0;                 // of the logits
};

/// Fields that need labels stay 0 where there are none. Both are of the same images and classes.
Accuracy compare(const Predictions& got, const Predictions& in_float);

/// Half width, in per cent, of the 95 % Wilson score interval of a proportion in per cent.
double wilson_half_width(double percent, std::int64_t images);

/// "96.40 ± 1.17"
std::string with_interval(double percent, std::int64_t images);

/// The keys that `zsq eval --json` and each row of `zsq compare --json` have in common; docs/json.md says
/// what they mean.
nlohmann::json to_json(const Accuracy& accuracy);

/// An evaluation as a whole: of a float network alone, of an integer program alone, or of both on the same
/// images. Of one alone, accuracy is of it beside itself.
struct Evaluation {
  Accuracy accuracy;
  std::string device = "float";  // else what ran the integer program
  double seconds = 0;            // of the network that was asked for
  bool beside_float = true;      // false: of an integer program alone
};

/// What `zsq eval` prints, as a table and as JSON.
std::string to_text(const Evaluation& evaluation);
nlohmann::json to_json(const Evaluation& evaluation);

}  // namespace zsq::evaluate
