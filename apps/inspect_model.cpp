// zsq inspect: what a model file holds, and whether it can be quantized.
#include <algorithm>
#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/model_source.h"
#include "apps/torch_commands.h"
#include "bnstats/health.h"
#include "graph/architectures/drawing.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/print.h"
#include "graph/rewrite.h"
#include "graph/statistics_file.h"
#include "graph/unsupported.h"
#include "quantize/prepare.h"
#include "quantize/supported.h"

namespace zsq::apps {
namespace {

/// What has no integer form. Where folding is refused, the unfolded network is looked through.
std::vector<Unsupported> unsupported_nodes(const Graph& graph) {
  std::vector<Unsupported> all;
  const auto look_through = [&](const Graph& g) {
    for (std::size_t i = 0; i < g.nodes().size(); ++i) {
      const Node& node = g.nodes()[i];
      if (std::holds_alternative<BatchNorm2d>(node.op)) continue;
      const std::string reason = quantize::why_unsupported(g, NodeId(i));
      if (!reason.empty()) all.push_back({node.name, describe(node.op), reason});
    }
  };
  try {
    look_through(quantize::prepared(graph));
  } catch (const Error& e) {
    look_through(up_to_logits(graph));
    if (all.empty()) all.push_back({"", "", e.what()});
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

/// Each with its name, and what zsq can do with them.
std::string outputs_of(const Graph& graph) {
  std::string all;
  for (const NodeId id : graph.outputs())
    all += (all.empty() ? "" : ", ") + graph[id].name + " " + size_of(graph[id].shape);
  const Shape& first = graph[graph.outputs().front()].shape;
  if (graph.outputs().size() == 1 && first.h == 1 && first.w == 1)
    return all + " (a classifier of " + std::to_string(first.c) + " classes)";
  return all + " (quantized and verified; eval, compare and run are about classifiers)";
}

nlohmann::json to_json(const std::vector<Unsupported>& unsupported) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& u : unsupported) list.push_back({{"name", u.name}, {"op", u.op}, {"reason", u.reason}});
  return list;
}

nlohmann::json facts(const Model& model, const std::vector<bnstats::NormHealth>& norms, bool folded,
                     const std::vector<Unsupported>& unsupported) {
  nlohmann::json ops = nlohmann::json::array(), layers = nlohmann::json::array();
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
  const Shape& in = model.graph.input_shape();
  return {{"name", model.name},
          {"format", model.format},
          {"ops", ops},
          {"batch_norms", layers},
          {"folded", folded},
          {"unsupported", to_json(unsupported)},
          {"parameters", parameter_count(model.graph)},
          {"input", {in.c, in.h, in.w}},
          {"preprocessing_known", model.preprocessing.has_value()},
          {"warnings", model.warnings}};
}

void print(const Model& model, const std::string& path, const std::vector<bnstats::NormHealth>& norms,
           bool folded, const std::vector<Unsupported>& unsupported) {
  std::cout << to_text(model.graph) << '\n';
  std::cout << named_values(
      {{"network", model.name + " (" + model.format + ")"},
       {"input", size_of(model.graph.input_shape())},
       {"outputs", outputs_of(model.graph)},
       {"parameters", std::to_string(parameter_count(model.graph))},
       {"batch norms", norms.empty() ? (folded ? "none: trained without, or folded by an exporter" : "none")
                                     : health(norms)},
       {"labels", model.labels.empty() ? "not known" : std::to_string(model.labels.size())},
       {"preprocessing", model.preprocessing ? "known" : "not known: give --mean and --std, or a side-car"}});
  for (const auto& u : unsupported)
    std::cout << "cannot be quantized: " << u.name << (u.name.empty() ? "" : ": ") << u.reason << '\n';
  if (unsupported.empty() && !norms.empty())
    std::cout << "can be quantized without data: zsq quantize " << shell_word(path) << " -o "
              << shell_word(model.name + ".zsq") << '\n';
  if (unsupported.empty() && norms.empty())
    std::cout << "can be quantized with images, since no batch norm says what they are like: zsq quantize "
              << shell_word(path) << " --images DIR -o " << shell_word(model.name + ".zsq") << '\n';
  if (folded)
    std::cout << "or without, if whoever has the model with its batch norms gives --stats FILE, of: zsq "
                 "inspect ORIGINAL "
                 "--write-stats FILE\n";
}

/// All of its options, or none.
std::optional<PrivacyBudget> budget_from(const Arguments& arguments) {
  const std::vector<std::string> parts{"privacy-epsilon", "privacy-delta", "privacy-sensitivity",
                                       "privacy-key-file"};
  if (std::ranges::none_of(parts, [&](const auto& p) { return arguments.has(p); })) return std::nullopt;
  for (const std::string& part : parts)
    check(arguments.has(part) && arguments.has("write-stats"), Fault::usage,
          "noise on statistics takes --write-stats and all four of --privacy-epsilon, --privacy-delta, "
          "--privacy-sensitivity and --privacy-key-file; --",
          arguments.has(part) ? "write-stats" : part, " is missing");
  return PrivacyBudget{.epsilon = arguments.number(parts[0], 1e-3, 100),
                       .delta = arguments.number(parts[1], 1e-15, 0.1),
                       .sensitivity = arguments.number(parts[2], 1e-12, 1e6),
                       .key = read_file(arguments.text(parts[3]), Fault::usage)};
}

/// Of a model that cannot be read: the sentence on stderr is about the first of these alone.
void print_unread(const std::vector<Unsupported>& unsupported, const Arguments& arguments) {
  if (arguments.flag("json")) {
    std::cout << text_of({{"unsupported", to_json(unsupported)}});
    return;
  }
  for (const auto& u : unsupported) std::cout << "cannot be read: " << u.name << ": " << u.reason << '\n';
}

}  // namespace

int run_inspect(const Arguments& arguments) {
  const std::string path = arguments.only("MODEL");
  const auto budget = budget_from(arguments);
  for (const char* option : {"write-stats", "write-graph"})
    if (arguments.has(option)) check_output(arguments.text(option), arguments);
  Status status(false);
  const ModelSource source = [&] {
    try {
      return open_model(path, arguments);
    } catch (const UnsupportedError& e) {
      print_unread(e.all(), arguments);
      throw;
    } catch (const Error& e) {
      if (e.fault() == Fault::unsupported && arguments.flag("json"))
        print_unread({{"", "", e.what()}}, arguments);
      throw;
    }
  }();
  const Model& model = source.model;
  if (arguments.has("write-stats"))
    write_file_atomically(arguments.text("write-stats"),
                          budget ? encode_statistics(model.graph, *budget) : encode_statistics(model.graph));
  if (arguments.has("write-graph"))
    write_file_atomically(arguments.text("write-graph"), drawing_of(model.graph));
  for (const std::string& warning : model.warnings) status.warn(warning);
  const auto norms = bnstats::norm_health(model.graph);
  const bool folded = bnstats::norms_look_folded(model.graph);
  const auto unsupported = unsupported_nodes(model.graph);
  if (arguments.flag("json")) {
    std::cout << text_of(facts(model, norms, folded, unsupported));
  } else {
    print(model, path, norms, folded, unsupported);
  }
  return unsupported.empty() ? 0 : static_cast<int>(Fault::unsupported);
}

}  // namespace zsq::apps
