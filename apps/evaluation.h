#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "apps/arguments.h"
#include "apps/console.h"
#include "evaluate/evaluation.h"
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

/// Throws Error (Fault::usage) unless one of --data and --images was given, and, without labels, for what
/// needs them.
void check_set_options(const Arguments& arguments);

/// --data, or --images without its labels.
std::string set_path(const Arguments& arguments);

/// That set to evaluate on, with --batch; during() tells how far it is. Throws Error (Fault::data) where the
/// set cannot be read, its labels are not the network's classes, or it holds images that are no pictures.
evaluate::EvaluationSet evaluation_set(const Arguments& arguments, const Preprocessing& preprocessing,
                                       const Shape& input, const Classes& classes, Status& status);

/// An evaluation of `got` beside `in_float`, with what --top and --per-class ask for.
struct Measured {
  const evaluate::Predictions &got, &in_float;
  std::string device;  // "float" where got is in_float
  double seconds = 0;
  bool beside_float = true;
};
evaluate::Evaluation evaluation(const Measured& measured, const Classes& classes, const Arguments& arguments);

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
