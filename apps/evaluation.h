#pragma once

#include <string>
#include <vector>

#include "apps/arguments.h"
#include "apps/console.h"
#include "evaluate/predictions.h"

namespace zsq::apps {

/// What is known of the classes of the network that is evaluated.
struct Classes {
  std::int64_t count = 0;
  std::vector<std::string> names;  // empty, or one for each
};

/// --data as a set to evaluate on, with --batch; how far it is goes to `status`, and Ctrl-C stops it. Throws
/// Error (Fault::data) where the set cannot be read or its labels are not the network's classes.
evaluate::EvaluationSet evaluation_set(const Arguments& arguments, const Preprocessing& preprocessing,
                                       const Shape& input, const Classes& classes, Status& status);

}  // namespace zsq::apps
