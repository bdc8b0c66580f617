// zsq eval: accuracy of an integer program beside its float network's, on the same images.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/device_options.h"
#include "apps/evaluate.h"
#include "apps/plan_source.h"
#include "graph/check.h"
#include "graph/rewrite.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

EvaluationSet evaluation_set(const Arguments& arguments, const Preprocessing& preprocessing,
                             const Shape& input, std::int64_t classes, Status& status) {
  EvaluationSet set{open_image_set(arguments.text("data")), preprocessing, input, batch_from(arguments)};
  check(set.set.has_labels, Fault::data, arguments.text("data"),
        ": has no labels; needed are a folder per class, a "
        "labels.txt with 'FILE CLASS' lines, or a CIFAR-10 .bin file");
  check_labels(set.set, classes);
  const auto count = set.set.images.size();
  set.progress = [&status, count](std::int64_t done) {
    status.progress("evaluation: " + std::to_string(done) + " of " + std::to_string(count) + " images");
  };
  return set;
}

std::string accuracy(double percent, std::int64_t images) {
  return fixed(percent, 2) + " ± " + fixed(wilson_half_width(percent, images), 2);
}

void print(const Accuracy& a, const json& facts, bool float_only) {
  std::vector<std::vector<std::string>> rows{
      {"network", "top-1 %", "agreement %", "SQNR dB", "lost", "gained"}};
  rows.push_back({"float", accuracy(a.float_top1, a.images)});
  if (!float_only)
    rows.push_back({"integer, " + facts["device"].get<std::string>(), accuracy(a.top1, a.images),
                    fixed(a.agreement, 2), fixed(a.sqnr_db, 1), std::to_string(a.lost),
                    std::to_string(a.gained)});
  std::cout << text_table(rows) << "(" << a.images
            << " images, the same for each row; ± is the half width of the 95 % interval"
            << (float_only ? "" : "; drop " + fixed(a.float_top1 - a.top1, 2) + " points") << ")\n";
}

json facts_of(const Accuracy& a, const std::string& device, double seconds) {
  return {{"images", a.images},
          {"top1", a.top1},
          {"float_top1", a.float_top1},
          {"agreement", a.agreement},
          {"confidence95", a.confidence95},
          {"lost", a.lost},
          {"gained", a.gained},
          {"sqnr_db", a.sqnr_db},
          {"device", device},
          {"seconds", seconds}};
}

void show(const Accuracy& a, const json& facts, const Arguments& arguments, bool float_only) {
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    print(a, facts, float_only);
  }
}

int run_float(const std::string& path, const Arguments& arguments, Status& status) {
  const ModelSource source = open_model(path, arguments);
  const auto& graph = source.model.graph;
  const auto set = evaluation_set(arguments, source.preprocessing_for(arguments.text("data")),
                                  graph.input_shape(), graph[graph.output()].shape.c, status);
  const auto start = std::chrono::steady_clock::now();
  const Predictions predictions = predict(TorchExecutor(up_to_logits(graph)), set);
  const Accuracy a = compare(predictions, predictions);
  show(a, facts_of(a, "float", seconds_since(start)), arguments, true);
  return 0;
}

int run(const Arguments& arguments) {
  const std::string path = arguments.only("PLAN or MODEL");
  check(arguments.has("data"), Fault::usage, "--data SET is needed: labelled images");
  Status status(arguments.flag("quiet"));
  if (!is_plan(path)) return run_float(path, arguments, status);
  check(arguments.has("float"), Fault::usage,
        "--float MODEL is needed: every figure stands beside the float network's");

  const runtime::PlanFile file = runtime::load_plan(path);
  const runtime::Device device = device_from(arguments);
  const ModelSource source = open_model(arguments.text("float"), arguments);
  check(source.model.graph.input_shape() == file.plan.image, Fault::data, arguments.text("float"), ": takes ",
        source.model.graph.input_shape(), ", the plan takes ", file.plan.image);
  const auto set = evaluation_set(arguments, source.preprocessing_for(arguments.text("data")),
                                  file.plan.image, file.plan.classes, status);
  const Predictions in_float = predict(TorchExecutor(up_to_logits(source.model.graph)), set);
  check(in_float.logits.size(1) == file.plan.classes, Fault::data, arguments.text("float"), ": has ",
        in_float.logits.size(1), " classes, the plan has ", file.plan.classes);
  const auto start = std::chrono::steady_clock::now();
  const auto session = runtime::make_session(file.plan, device, {.threads = threads_from(arguments)});
  const Accuracy a = compare(predict(*session, file, set), in_float);
  show(a, facts_of(a, std::string(runtime::name(device)), seconds_since(start)), arguments, false);
  return 0;
}

}  // namespace

Command eval_command() {
  return {{"eval", "PLAN|MODEL", "accuracy of an integer program beside the float network's",
           "zsq eval resnet20.zsq --float resnet20.pt --data cifar10/",
           joined({{{"float", "MODEL", "", "the network the plan was made from"},
                    {"data", "SET", "",
                     "labelled images: a folder per class, labels.txt, or a CIFAR-10 .bin file"}},
                   device_options(),
                   {{"json", "", "", "one JSON object on stdout, nothing else there"},
                    {"quiet", "", "", "no progress on stderr"}},
                   model_options()})},
          run};
}

}  // namespace zsq::apps
