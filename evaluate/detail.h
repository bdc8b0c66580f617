#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "evaluate/predictions.h"

/// What accuracy hides: how far down the right class was, and which classes are right how often.
namespace zsq::evaluate {

/// Images whose class is among the n largest logits; of equal logits the lower classes come first.
struct TopN {
  int n = 5;
  double accuracy = 0, float_accuracy = 0;  // per cent
};

/// One class that the set has images of.
struct ClassAccuracy {
  std::int64_t label = 0;
  std::string name = {};  // empty where the network does not say what its classes are called
  std::int64_t images = 0, right = 0, float_right = 0;
  std::int64_t lost = 0, gained = 0;  // as in Accuracy
};

/// Both predictions are of the same images, and `got` has labels.
TopN top_n(const Predictions& got, const Predictions& in_float, int n);

/// In the order of the classes. `names`: empty, or one for each class.
std::vector<ClassAccuracy> per_class(const Predictions& got, const Predictions& in_float,
                                     const std::vector<std::string>& names);

/// Which columns such a table has.
enum class Networks { in_float, integers, both };

std::string to_text(const std::vector<ClassAccuracy>& classes, Networks shown);
nlohmann::json to_json(const std::vector<ClassAccuracy>& classes, Networks shown);

}  // namespace zsq::evaluate
