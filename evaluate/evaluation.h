#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "evaluate/accuracy.h"
#include "evaluate/detail.h"

namespace zsq::evaluate {

/// An evaluation as a whole: of a float network alone, of an integer program alone, or of both on the same
/// images. Of one alone, accuracy is of it beside itself.
struct Evaluation {
  Accuracy accuracy;
  std::string device = "float";                              // else what ran the integer program
  double seconds = 0;                                        // of the network that was asked for
  bool beside_float = true;                                  // false: of an integer program alone
  std::optional<TopN> top = {};                              // where it was asked for
  std::optional<std::vector<ClassAccuracy>> per_class = {};  // same
};

/// What `zsq eval` prints, as a table and as JSON.
std::string to_text(const Evaluation& evaluation);
nlohmann::json to_json(const Evaluation& evaluation);

}  // namespace zsq::evaluate
