#include "apps/evaluation.h"

#include <filesystem>

#include <nlohmann/json.hpp>

#include "apps/device_options.h"
#include "apps/interrupt.h"
#include "apps/picture_decoder.h"
#include "graph/check.h"
#include "images/class_labels.h"

namespace zsq::apps {

namespace {

int top_from(const Arguments& arguments, const Classes& classes) {
  return static_cast<int>(arguments.integer("top", 1, classes.count));
}

}  // namespace

void check_set_options(const Arguments& arguments) {
  const bool labelled = arguments.has("data"), plain = arguments.has("images");
  check(
      labelled || plain, Fault::usage,
      "--data SET is needed: labelled images; or --images DIR, without labels, to see how far a plan agrees "
      "with --float MODEL");
  check(!labelled || !plain, Fault::usage, "--data and --images are both given, one set was needed");
  for (const char* option : {"top", "per-class"})
    check(labelled || !arguments.has(option), Fault::usage, "--", option,
          " needs labels, which are not read from --images; give the set as --data");
}

std::string set_path(const Arguments& arguments) {
  return arguments.has("images") ? arguments.text("images") : arguments.text("data");
}

evaluate::EvaluationSet evaluation_set(const Arguments& arguments, const Preprocessing& preprocessing,
                                       const Shape& input, const Classes& classes, Status& status) {
  const std::filesystem::path path = set_path(arguments);
  if (arguments.has("top")) top_from(arguments, classes);  // before the work, not after it
  check(path.extension() != ".safetensors" && !std::filesystem::is_regular_file(path / "images.safetensors"),
        Fault::data, path.string(),
        ": holds images that zsq synth made, which calibrate; pictures were needed to evaluate on");
  images::ImageSet set = images::open_image_set(path);
  if (arguments.has("images")) {
    set.has_labels = false;
    return {std::move(set), preprocessing, input, &picture_decoder(), batch_from(arguments)};
  }
  check(set.has_labels || !arguments.has("float"), Fault::data, path.string(),
        ": has no labels; as --images it tells how far the two agree; for accuracy a folder per class, a "
        "labels.txt with 'FILE CLASS' lines, or a CIFAR-10 .bin file is needed");
  auto labelled = images::with_classes_of(std::move(set), classes.names, classes.count);
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

evaluate::Evaluation evaluation(const Measured& m, const Classes& classes, const Arguments& arguments) {
  evaluate::Evaluation all{compare(m.got, m.in_float), m.device, m.seconds, m.beside_float};
  if (arguments.has("top")) all.top = top_n(m.got, m.in_float, top_from(arguments, classes));
  if (arguments.flag("per-class")) all.per_class = per_class(m.got, m.in_float, classes.names);
  return all;
}

void show(const evaluate::Evaluation& evaluation, const Arguments& arguments, Status& status) {
  status.result(arguments.flag("json") ? text_of(to_json(evaluation)) : to_text(evaluation));
}

}  // namespace zsq::apps
