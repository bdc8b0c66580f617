// zsq inspect: what a model file holds, and whether it can be quantized.
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/model_source.h"
#include "bnstats/health.h"
#include "graph/check.h"
#include "graph/print.h"
#include "quantize/fold.h"
#include "quantize/lower.h"

namespace zsq::apps {
namespace {

struct Unsupported {
  std::string name, op, reason;
};

std::vector<Unsupported> unsupported_nodes(const Graph& graph) {
  std::vector<Unsupported> all;
  Graph folded;
  try {
    folded = quantize::fold_batch_norms(graph);
  } catch (const Error& e) {
    all.push_back({"", "", e.what()});
    return all;
  }
  for (std::size_t i = 0; i < folded.nodes().size(); ++i) {
    const std::string reason = quantize::why_unsupported(folded, NodeId(i));
    const Node& node = folded.nodes()[i];
    if (!reason.empty()) all.push_back({node.name, describe(node.op), reason});
  }
  return all;
}

std::string health(const std::vector<bnstats::NormHealth>& norms) {
  std::int64_t channels = 0, dead = 0;
  for (const auto& norm : norms) {
    channels += norm.channels;
    dead += norm.dead;
  }
  return std::to_string(norms.size()) + " with " + std::to_string(channels) + " channels, " +
         std::to_string(dead) + " of them dead (they hardly varied in training)";
}

std::string size_of(const Shape& s) {
  return std::to_string(s.c) + "x" + std::to_string(s.h) + "x" + std::to_string(s.w);
}

nlohmann::json facts(const Model& model, const std::vector<bnstats::NormHealth>& norms, bool folded,
                     const std::vector<Unsupported>& unsupported) {
  nlohmann::json ops = nlohmann::json::array(), bad = nlohmann::json::array(),
                 layers = nlohmann::json::array();
  for (const Node& node : model.graph.nodes())
    ops.push_back({{"name", node.name},
                   {"op", describe(node.op)},
                   {"output", {node.shape.c, node.shape.h, node.shape.w}}});
  for (const auto& n : norms)
    layers.push_back({{"name", n.name},
                      {"channels", n.channels},
                      {"dead", n.dead},
                      {"smallest_variance", n.smallest_variance},
                      {"largest_variance", n.largest_variance}});
  for (const auto& u : unsupported) bad.push_back({{"name", u.name}, {"op", u.op}, {"reason", u.reason}});
  const Shape& in = model.graph.input_shape();
  return {{"name", model.name},
          {"format", model.format},
          {"ops", ops},
          {"batch_norms", layers},
          {"folded", folded},
          {"unsupported", bad},
          {"parameters", parameter_count(model.graph)},
          {"input", {in.c, in.h, in.w}},
          {"preprocessing_known", model.preprocessing.has_value()},
          {"warnings", model.warnings}};
}

void print(const Model& model, const std::vector<bnstats::NormHealth>& norms, bool folded,
           const std::vector<Unsupported>& unsupported) {
  std::cout << to_text(model.graph) << '\n';
  std::cout << name_values(
      {{"network", model.name + " (" + model.format + ")"},
       {"input", size_of(model.graph.input_shape())},
       {"outputs", size_of(model.graph[model.graph.output()].shape)},
       {"parameters", std::to_string(parameter_count(model.graph))},
       {"batch norms",
        norms.empty() ? (folded ? "none: the exporter seems to have folded them" : "none") : health(norms)},
       {"labels", model.labels.empty() ? "not known" : std::to_string(model.labels.size())},
       {"preprocessing", model.preprocessing ? "known" : "not known: give --mean and --std, or a side-car"}});
  for (const auto& u : unsupported)
    std::cout << "cannot be quantized: " << u.name << (u.name.empty() ? "" : ": ") << u.reason << '\n';
  if (unsupported.empty() && !norms.empty())
    std::cout << "can be quantized without data: zsq quantize " << model.name << ".pt -o " << model.name
              << ".zsq\n";
}

int run(const Arguments& arguments) {
  const std::string path = arguments.only("MODEL");
  Status status(false);
  ModelSource source = [&] {
    try {
      return open_model(path, arguments);
    } catch (const Error& e) {
      if (!arguments.flag("json") || e.fault() != Fault::unsupported) throw;
      std::cout << nlohmann::json{{"unsupported", {{{"name", ""}, {"op", ""}, {"reason", e.what()}}}}}.dump(1)
                << '\n';
      throw;
    }
  }();
  const Model& model = source.model;
  for (const std::string& warning : model.warnings) status.warn(warning);
  const auto norms = bnstats::norm_health(model.graph);
  const bool folded = bnstats::norms_look_folded(model.graph);
  const auto unsupported = unsupported_nodes(model.graph);
  if (arguments.flag("json")) {
    std::cout << facts(model, norms, folded, unsupported).dump(1) << '\n';
  } else {
    print(model, norms, folded, unsupported);
  }
  return unsupported.empty() ? 0 : static_cast<int>(Fault::unsupported);
}

}  // namespace

Command inspect_command() {
  return {{"inspect", "MODEL", "ops, batch norms, input, size, and what cannot be quantized and why",
           "zsq inspect resnet20.pt",
           joined({{{"json", "", "", "one JSON object on stdout, nothing else there"}}, model_options()})},
          run};
}

}  // namespace zsq::apps
