// zsq compare: the table of the field: float, then noise, synthetic and real images at several widths.
#include <chrono>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/device_options.h"
#include "apps/evaluate.h"
#include "apps/interrupt.h"
#include "apps/scheme_options.h"
#include "graph/check.h"
#include "graph/rewrite.h"
#include "quantize/quantize.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

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

struct Row {
  std::string calibration;
  int wbits, abits;
  Accuracy accuracy;
  double seconds;  // to make the images and the plan
};

std::string plus_minus(double percent, std::int64_t images) {
  return fixed(percent, 2) + " ± " + fixed(wilson_half_width(percent, images), 2);
}

std::string text(const std::vector<Row>& rows, const Accuracy& in_float) {
  std::vector<std::vector<std::string>> cells{
      {"calibration", "bits", "top-1 %", "drop", "lost", "gained", "agreement %", "SQNR dB", "seconds"}};
  cells.push_back({"float", "32/32", plus_minus(in_float.top1, in_float.images)});
  for (const Row& r : rows)
    cells.push_back({r.calibration, std::to_string(r.wbits) + "/" + std::to_string(r.abits),
                     plus_minus(r.accuracy.top1, r.accuracy.images),
                     fixed(r.accuracy.float_top1 - r.accuracy.top1, 2), std::to_string(r.accuracy.lost),
                     std::to_string(r.accuracy.gained), fixed(r.accuracy.agreement, 2),
                     fixed(r.accuracy.sqnr_db, 1), fixed(r.seconds, 1)});
  return text_table(cells);
}

json facts(const std::vector<Row>& rows, const Accuracy& in_float, std::uint64_t seed) {
  json list = json::array();
  for (const Row& r : rows)
    list.push_back({{"calibration", r.calibration},
                    {"wbits", r.wbits},
                    {"abits", r.abits},
                    {"top1", r.accuracy.top1},
                    {"confidence95", r.accuracy.confidence95},
                    {"agreement", r.accuracy.agreement},
                    {"lost", r.accuracy.lost},
                    {"gained", r.accuracy.gained},
                    {"sqnr_db", r.accuracy.sqnr_db},
                    {"seconds", r.seconds},
                    {"seed", seed}});
  return {{"rows", list}, {"float_top1", in_float.top1}, {"images", in_float.images}};
}

int run(const Arguments& arguments) {
  const std::string path = arguments.only("MODEL");
  check(arguments.has("data"), Fault::usage, "--data SET is needed: labelled images");
  const auto widths = widths_from(arguments);
  const quantize::Scheme methods = methods_from(arguments);
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  for (const std::string& warning : source.model.warnings) status.warn(warning);
  const Graph& graph = source.model.graph;
  const synth::Options options = synthesis_from(arguments, graph.input_shape());
  const EvaluationSet set{open_image_set(arguments.text("data")),
                          source.preprocessing_for(arguments.text("data")), graph.input_shape(),
                          batch_from(arguments)};
  check(set.set.has_labels, Fault::data, arguments.text("data"), ": has no labels");
  check_labels(set.set, graph[graph.output()].shape.c);
  status.say("evaluating the float network");
  const Predictions in_float = predict(TorchExecutor(up_to_logits(graph)), set);

  const std::string real = arguments.has("real") ? arguments.text("real") : arguments.text("data");
  std::vector<Row> rows;
  for (const std::string how : {"noise", "", real.c_str()}) {
    const std::string name = how.empty() ? "synthetic" : how == "noise" ? "noise" : "real";
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
          runtime::make_session(result.file.plan, runtime::Device::cpu, {.threads = options.threads});
      rows.push_back({name, wbits, abits, compare(predict(*session, result.file, set), in_float),
                      images.seconds + took.count()});
    }
  }
  const Accuracy baseline = compare(in_float, in_float);
  if (arguments.flag("json")) {
    std::cout << text_of(facts(rows, baseline, options.seed));
    return 0;
  }
  std::cout
      << text(rows, baseline) << "(" << baseline.images << " images of " << arguments.text("data")
      << ", the same for each row; each row is an integer program; bits: weights/activations, pixels and the "
         "classifier's input 8; ± is the half width of the 95 % interval; "
      << options.count << " calibration images, seed " << options.seed << "; real images: " << real
      << (arguments.has("real") ? "" : ", the test images themselves") << ")\n";
  return 0;
}

}  // namespace

Command compare_command() {
  return {{"compare", "MODEL", "float / noise / synthetic / real images x widths: the table of the field",
           "zsq compare resnet20.pt --data cifar10/test --real cifar10/train --bits 8/8,4/4",
           joined({{{"data", "SET", "", "labelled images to measure on"},
                    {"real", "SET", "", "real images to calibrate on (default: some of --data)"},
                    {"bits", "W/A,...", "8/8,6/6,4/4", "widths of weights and activations"}},
                   method_options(),
                   synthesis_options(),
                   {{"batch", "N", "32", "images run at once; never changes a result"},
                    {"json", "", "", "one JSON object on stdout, nothing else there"},
                    {"quiet", "", "", "no progress on stderr"}},
                   model_options()})},
          run};
}

}  // namespace zsq::apps
