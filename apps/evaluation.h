#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "apps/arguments.h"
#include "apps/console.h"
#include "evaluate/accuracy.h"
#include "evaluate/predictions.h"

namespace zsq::apps {

/// What is known of the classes of the network that is evaluated.
struct Classes {
  std::int64_t count = 0;
  std::vector<std::string> names;  // empty, or one for each
};

/// Which network runs over the set: named in the progress.
enum class Phase { in_float, integers };

/// The set with its progress told as of that phase.
evaluate::EvaluationSet during(Phase phase, evaluate::EvaluationSet set, Status& status);

/// --data as a set to evaluate on, with --batch; during() tells how far it is. Throws
/// Error (Fault::data) where the set cannot be read or its labels are not the network's classes.
evaluate::EvaluationSet evaluation_set(const Arguments& arguments, const Preprocessing& preprocessing,
                                       const Shape& input, const Classes& classes, Status& status);

/// The result of `zsq eval` on stdout, as --json says.
void show(const evaluate::Evaluation& evaluation, const Arguments& arguments, Status& status);

/// Runs from where it is made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace zsq::apps
