#include "apps/evaluation.h"

#include "apps/device_options.h"
#include "apps/interrupt.h"
#include "images/class_labels.h"

namespace zsq::apps {

evaluate::EvaluationSet evaluation_set(const Arguments& arguments, const Preprocessing& preprocessing,
                                       const Shape& input, const Classes& classes, Status& status) {
  const std::string data = arguments.text("data");
  auto labelled = images::with_classes_of(images::open_image_set(data), classes.names, classes.count);
  for (const std::string& warning : labelled.warnings) status.warn(warning);
  const auto count = labelled.set.images.size();
  return {std::move(labelled.set), preprocessing, input, batch_from(arguments),
          [&status, count](std::int64_t done) {
            stop_if_interrupted();
            status.progress(
                "evaluation: " + std::to_string(done) + " of " + std::to_string(count) + " images",
                static_cast<double>(done) / static_cast<double>(count));
          }};
}

}  // namespace zsq::apps
