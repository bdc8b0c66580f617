#include "apps/evaluation.h"

#include <nlohmann/json.hpp>

#include "apps/device_options.h"
#include "apps/interrupt.h"
#include "apps/picture_decoder.h"
#include "images/class_labels.h"

namespace zsq::apps {

evaluate::EvaluationSet evaluation_set(const Arguments& arguments, const Preprocessing& preprocessing,
                                       const Shape& input, const Classes& classes, Status& status) {
  const std::string data = arguments.text("data");
  auto labelled = images::with_classes_of(images::open_image_set(data), classes.names, classes.count);
  for (const std::string& warning : labelled.warnings) status.warn(warning);
  return {std::move(labelled.set), preprocessing, input, &picture_decoder(), batch_from(arguments)};
}

evaluate::EvaluationSet during(Phase phase, evaluate::EvaluationSet set, Status& status) {
  const auto count = set.set.images.size();
  const std::string name = phase == Phase::in_float ? "float network" : "integer program";
  set.progress = [&status, count, name](std::int64_t done) {
    stop_if_interrupted();
    status.progress(name + ": " + std::to_string(done) + " of " + std::to_string(count) + " images",
                    static_cast<double>(done) / static_cast<double>(count));
  };
  return set;
}

void show(const evaluate::Evaluation& evaluation, const Arguments& arguments, Status& status) {
  status.result(arguments.flag("json") ? text_of(to_json(evaluation)) : to_text(evaluation));
}

}  // namespace zsq::apps
