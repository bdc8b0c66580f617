#include "graph/torch/load_model.h"

#include <algorithm>

#include "graph/file.h"
#include "graph/format.h"
#include "graph/hub_config.h"
#include "graph/print.h"
#include "graph/text.h"
#include "graph/torch/readers.h"

namespace zsq {
namespace {

/// What is known of the classes agrees with what the network gives.
void check_outputs(Model& model, const std::string& who) {
  if (!model.labels.empty()) {
    const auto count = classes(model.graph);
    check(count.has_value(), Fault::model, "the side-car of ", who, " names ", model.labels.size(),
          " classes, the network is no classifier: it gives ", model.graph.outputs().size(),
          " outputs, the first ", model.graph[model.graph.outputs().front()].shape,
          "; leave class_names out");
    check(std::ssize(model.labels) == *count, Fault::model, "the side-car of ", who, " names ",
          model.labels.size(), " classes, the network has ", *count,
          "; correct its class_names or leave them out");
  }
  for (const NodeId output : model.graph.outputs())
    if (std::holds_alternative<Softmax>(model.graph[output].op))
      model.warnings.push_back("The " + describe(model.graph[output].op) +
                               " at the network's end is left out of what is quantized; it moves no class.");
}

}  // namespace

Model load_model(const std::filesystem::path& path, const ImportOptions& given) {
  const std::string who = path.string();
  const FileBytes file(path);
  const Format format = detect_format(file.view(), who);
  auto described = find_sidecar(path);
  if (!described) {
    described = find_hub_config(path);
    const bool says_its_size = format == Format::onnx || format == Format::exported_program;
    if (described && says_its_size) described->input.reset();
  }
  const SideCar beside = described.value_or(SideCar{});
  ImportOptions options = given;
  if (!options.input) options.input = beside.input;

  Model model{.name = beside.name.empty() ? as_utf8(path.stem().string()) : beside.name,
              .format = std::string(name_of(format)),
              .graph = {},
              .output_names = {},
              .preprocessing = beside.preprocessing,
              .image_sets = beside.image_sets,
              .labels = beside.labels,
              .warnings = beside.warnings};
  Imported imported = reader_of(format)(file.view(), options, who);
  model.graph = std::move(imported.graph);
  model.output_names = std::move(imported.output_names);
  std::ranges::move(imported.warnings, std::back_inserter(model.warnings));
  if (!imported.architecture.empty()) model.format.append(" of ").append(imported.architecture);
  if (!imported.producer.empty()) model.format.append(" by ").append(imported.producer);
  if (model.preprocessing && std::ssize(model.preprocessing->mean) != model.graph.input_shape().c) {
    model.warnings.push_back("What is said of pixels beside " + who + " is about " +
                             std::to_string(model.preprocessing->mean.size()) +
                             " channels and is left out, the network takes " +
                             std::to_string(model.graph.input_shape().c) + ".");
    model.preprocessing.reset();
  }
  check_outputs(model, who);
  return model;
}

}  // namespace zsq
