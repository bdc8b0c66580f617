// zsq eval: accuracy of an integer program beside its float network's, on the same images.
#include <chrono>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/device_options.h"
#include "apps/evaluation.h"
#include "apps/plan_source.h"
#include "evaluate/accuracy.h"
#include "graph/check.h"
#include "graph/rewrite.h"

namespace zsq::apps {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void show(const evaluate::Evaluation& evaluation, const Arguments& arguments, Status& status) {
  status.result(arguments.flag("json") ? text_of(to_json(evaluation)) : to_text(evaluation));
}

int run_float(const std::string& path, const Arguments& arguments, Status& status) {
  const ModelSource source = open_model(path, arguments);
  const auto& graph = source.model.graph;
  const auto set =
      evaluation_set(arguments, source.preprocessing_for(arguments.text("data")), graph.input_shape(),
                     {evaluate::class_count(graph), source.model.labels}, status);
  const auto start = std::chrono::steady_clock::now();
  const evaluate::Predictions predictions = predict(TorchExecutor(up_to_logits(graph)), set);
  show({compare(predictions, predictions), "float", seconds_since(start)}, arguments, status);
  return 0;
}

int run(const Arguments& arguments) {
  const std::string path = arguments.only("PLAN or MODEL");
  check(arguments.has("data"), Fault::usage, "--data SET is needed: labelled images");
  Status status(arguments.flag("quiet"));
  if (!is_plan(path)) return run_float(path, arguments, status);
  check(arguments.has("float"), Fault::usage,
        "--float MODEL is needed: every figure stands beside the float network's");

  const runtime::PlanFile file = open_plan(path);
  const runtime::Device device = device_from(arguments);
  const ModelSource source = open_model(arguments.text("float"), arguments);
  check(source.model.graph.input_shape() == file.plan.image, Fault::data, arguments.text("float"), ": takes ",
        source.model.graph.input_shape(), ", the plan takes ", file.plan.image);
  const auto set =
      evaluation_set(arguments, source.preprocessing_for(arguments.text("data")), file.plan.image,
                     {evaluate::class_count(file), file.metadata.labels}, status);
  const evaluate::Predictions in_float = predict(TorchExecutor(up_to_logits(source.model.graph)), set);
  check(in_float.logits.size(1) == evaluate::class_count(file), Fault::data, arguments.text("float"),
        ": has ", in_float.logits.size(1), " classes, the plan has ", evaluate::class_count(file));
  const auto start = std::chrono::steady_clock::now();
  const auto session = runtime::make_session(file.plan, device, session_from(arguments));
  const evaluate::Accuracy accuracy = compare(predict(*session, file, set), in_float);
  show({accuracy, std::string(runtime::name(device)), seconds_since(start)}, arguments, status);
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
