// zsq compare: the table of the field: float, then noise, synthetic and real images at several widths.
#include <chrono>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/command_specs.h"
#include "apps/device_options.h"
#include "apps/evaluation.h"
#include "apps/interrupt.h"
#include "apps/plan_origin.h"
#include "apps/report_output.h"
#include "apps/scheme_options.h"
#include "apps/staged_folder.h"
#include "apps/torch_commands.h"
#include "evaluate/comparison.h"
#include "evaluate/torch/predict_float.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/rewrite.h"
#include "quantize/quantize.h"
#include "report/pages.h"

namespace zsq::apps {
namespace {

/// "8/8,4/8" as weight and activation widths.
std::vector<std::pair<int, int>> widths_from(const Arguments& arguments) {
  std::vector<std::pair<int, int>> all;
  std::istringstream list(arguments.text("bits"));
  for (std::string item; std::getline(list, item, ',');) {
    const auto slash = item.find('/');
    check(slash != std::string::npos, Fault::usage, "--bits has '", item,
          "', needed weights/activations, such as 8/8,4/4");
    all.emplace_back(to_integer("--bits", item.substr(0, slash), 2, 8),
                     to_integer("--bits", item.substr(slash + 1), 2, 8));
  }
  check(!all.empty(), Fault::usage, "--bits is empty, needed weights/activations, such as 8/8,4/4");
  return all;
}

constexpr const char* kWays[] = {"noise", "synthetic", "real"};

std::string plan_name(const std::string& way, int wbits, int abits) {
  return way + "-w" + std::to_string(wbits) + "a" + std::to_string(abits) + ".zsq";
}

/// The folder that the plans go to, if they are kept; it holds none of them yet, or --force was given.
std::optional<std::string> folder_for(const std::vector<std::pair<int, int>>& widths,
                                      const Arguments& arguments) {
  if (!arguments.has("keep-plans")) return std::nullopt;
  std::vector<std::string> names;
  for (const std::string way : kWays)
    for (const auto& [wbits, abits] : widths) names.push_back(plan_name(way, wbits, abits));
  check_folder(arguments.text("keep-plans"), names, arguments);
  return arguments.text("keep-plans");
}

}  // namespace

int run_compare(const Arguments& arguments) {
  const std::string path = arguments.only("MODEL");
  check(arguments.has("data"), Fault::usage, "--data SET is needed: labelled images");
  check_report_options(arguments);
  if (arguments.has("csv")) check_output(arguments.text("csv"), arguments);
  const auto widths = widths_from(arguments);
  const auto folder = folder_for(widths, arguments);
  const quantize::Scheme methods = methods_from(arguments);
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  for (const std::string& warning : source.model.warnings) status.warn(warning);
  const Graph& graph = source.model.graph;
  quantize::check_quantizable(graph, methods);
  const synth::Options options = synthesis_from(arguments, graph.input_shape());
  const auto set =
      evaluation_set(arguments, source.preprocessing_for(arguments.text("data")), graph.input_shape(),
                     {evaluate::class_count(graph), source.model.labels}, status);
  status.say("evaluating the float network");
  const evaluate::Predictions in_float =
      predict(TorchExecutor(up_to_logits(graph)), during(Phase::in_float, set, status));
  evaluate::Comparison comparison{.in_float = compare(in_float, in_float),
                                  .rows = {},
                                  .data = arguments.text("data"),
                                  .real = arguments.text("real"),
                                  .calibration_images = options.count,
                                  .seed = options.seed};
  const std::string real = comparison.real.empty() ? comparison.data : comparison.real;
  std::optional<StagedFolder> plans;
  if (folder) plans.emplace(*folder);
  for (const std::string name : kWays) {
    const std::string how = name == "synthetic" ? "" : name == "real" ? real : name;
    const Calibration images = calibration(how, source, options, status);
    for (const auto& [wbits, abits] : widths) {
      quantize::Scheme scheme = methods;
      scheme.weight_bits = wbits;
      scheme.activation_bits = abits;
      status.say(name + " images, W" + std::to_string(wbits) + "A" + std::to_string(abits));
      const auto start = std::chrono::steady_clock::now();
      const auto result = quantize::quantize(graph, source.preprocessing, images.images, scheme,
                                             [](const std::string&) { stop_if_interrupted(); });
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      const auto session =
          runtime::make_session(result.file.plan, runtime::Device::cpu, session_from(arguments));
      comparison.rows.push_back(
          {name, wbits, abits,
           compare(predict(*session, result.file, during(Phase::integers, set, status)), in_float),
           images.seconds + took.count()});
      if (plans)
        runtime::save_plan(with_origin(result, source, path, images, options).file,
                           *plans / plan_name(name, wbits, abits));
    }
  }
  if (plans) plans->publish();
  if (arguments.has("csv")) write_file_atomically(arguments.text("csv"), to_csv(comparison));
  write_report({"Calibration images of " + source.model.name,
                path + " on " + comparison.data,
                {report::comparison_section(comparison),
                 report::commands_section({command_line(compare_spec(), arguments)})}},
               arguments);
  status.result(arguments.flag("json") ? text_of(to_json(comparison)) : to_text(comparison));
  return 0;
}

}  // namespace zsq::apps
