#include "synth/options.h"

#include <nlohmann/json.hpp>

#include "graph/check.h"

namespace zsq::synth {
namespace {

template <class T>
void check_range(const char* name, T value, T low, T high) {
  check(value >= low && value <= high, Fault::usage, name, " is ", value, ", it must be from ", low, " to ",
        high);
}

const char* name_of(bnstats::Distance distance) {
  switch (distance) {
    case bnstats::Distance::absolute: return "absolute";
    case bnstats::Distance::relative: return "relative";
    case bnstats::Distance::kl: return "kl";
  }
  fail(Fault::usage, "unknown distance");
}

}  // namespace

Options default_options(const Shape& input) {
  Options options;
  if (input.h * input.w <= 64 * 64) return options;
  options.count = 64;
  options.batch = 16;
  options.steps = 150;
  options.learning_rate = 0.1;
  options.weights.classes = 0.003;
  options.roll = 4;
  return options;
}

void check_options(const Options& o) {
  constexpr double kLargestWeight = 1e6;
  check_range("count", o.count, 1, 100000);
  check_range("batch", o.batch, 1, 4096);
  check_range("steps", o.steps, 1, 100000);
  check_range("learning rate", o.learning_rate, 1e-6, 1e3);
  check_range("hardness", o.hardness, 0.0, 10.0);
  check_range("roll", o.roll, 0, 4096);
  check_range("threads", o.threads, 0, 4096);
  check_range("weight of the batch norms", o.weights.norms, 0.0, kLargestWeight);
  check_range("weight of the classes", o.weights.classes, 0.0, kLargestWeight);
  check_range("weight of the total variation", o.weights.variation, 0.0, kLargestWeight);
  check_range("weight of L2", o.weights.l2, 0.0, kLargestWeight);
  check_range("weight of the image prior", o.weights.image_prior, 0.0, kLargestWeight);
  check_range("weight of the logit range", o.weights.logit_range, 0.0, kLargestWeight);
}

nlohmann::json to_json(const Options& o) {
  return {{"count", o.count},
          {"batch", o.batch},
          {"steps", o.steps},
          {"learning_rate", o.learning_rate},
          {"weights",
           {{"norms", o.weights.norms},
            {"classes", o.weights.classes},
            {"variation", o.weights.variation},
            {"l2", o.weights.l2},
            {"image_prior", o.weights.image_prior},
            {"logit_range", o.weights.logit_range}}},
          {"distance", name_of(o.distance)},
          {"hardness", o.hardness},
          {"roll", o.roll},
          {"flip", o.flip},
          {"seed", o.seed}};
}

}  // namespace zsq::synth
