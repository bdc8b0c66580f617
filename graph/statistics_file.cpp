#include "graph/statistics_file.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "graph/check.h"
#include "graph/nearest.h"
#include "graph/op_traits.h"
#include "graph/rewrite.h"
#include "graph/safetensors.h"

namespace zsq {
namespace {

constexpr const char* kFormat = "zsq-statistics";

struct Statistics {
  std::vector<float> mean, variance;
};

/// What comes out of a batch norm, if what went in was as in training.
Statistics after(const BatchNorm2d& norm) {
  Statistics out{norm.beta, {}};
  for (std::size_t c = 0; c < norm.gamma.size(); ++c) {
    const double v = norm.variance[c], g = norm.gamma[c];
    out.variance.push_back(static_cast<float>(v > 0 ? g * g * v / (v + norm.epsilon) : 0.0));
  }
  return out;
}

bool is_layer(const Node& node) { return parameters(node.op).weight != nullptr; }

std::vector<float> values(const SafeTensors& file, const std::string& name, const std::string& who) {
  const SafeTensor& tensor = file.at(name, who);
  std::vector<float> all = to_floats(tensor.dtype, tensor.bytes);
  check(std::ranges::all_of(all, [](float v) { return std::isfinite(v); }), Fault::model, who, ": '", name,
        "' has a value that is not finite");
  return all;
}

std::map<std::string, Statistics> decode(std::string_view bytes, const std::string& who) {
  const SafeTensors file = parse_safetensors(bytes, who);
  const auto format = file.metadata.find("format");
  check(format != file.metadata.end() && format->second == kFormat, Fault::model, who,
        ": is no file of statistics; zsq inspect MODEL --write-stats FILE writes one");
  std::map<std::string, Statistics> all;
  for (const auto& [name, tensor] : file.tensors) {
    if (!name.ends_with(".mean")) continue;
    const std::string layer = name.substr(0, name.size() - 5);
    all[layer] = {values(file, name, who), values(file, layer + ".variance", who)};
  }
  return all;
}

/// A batch norm that gives what it is given.
BatchNorm2d unchanging(const Statistics& s, const std::string& layer, const std::string& who) {
  BatchNorm2d norm{{}, s.mean, s.mean, s.variance};
  for (const float v : s.variance) {
    check(v >= 0, Fault::model, who, ": '", layer, ".variance' has ", v, ", which is below 0");
    norm.gamma.push_back(std::sqrt(v + norm.epsilon));
  }
  return norm;
}

void check_layers(const std::map<std::string, Statistics>& all, const Graph& graph, const std::string& who) {
  std::vector<std::string> layers;
  for (const Node& node : graph.nodes())
    if (is_layer(node)) layers.push_back(node.name);
  for (const auto& [layer, statistics] : all) {
    const std::string near = nearest(layer, layers);
    check(std::ranges::find(layers, layer) != layers.end(), Fault::model, who, ": has statistics of '", layer,
          "', which the network has no layer of", near.empty() ? "" : "; did you mean '" + near + "'?");
  }
}

std::map<std::string, Statistics> statistics_of(const Graph& graph) {
  std::map<std::string, Statistics> all;
  for (const Node& node : graph.nodes())
    if (const auto* norm = std::get_if<BatchNorm2d>(&node.op))
      if (const Node& before = graph[node.inputs[0]]; is_layer(before)) all[before.name] = after(*norm);
  check(!all.empty(), Fault::unsupported,
        "the network has no batch norm behind a layer, so there are no statistics to write");
  return all;
}

std::string encoded(const std::map<std::string, Statistics>& all,
                    const std::map<std::string, std::string>& notes) {
  SafeTensors file;
  file.metadata.insert(notes.begin(), notes.end());
  file.metadata["format"] = kFormat;
  for (const auto& [layer, s] : all) {
    const std::vector<std::int64_t> dims{std::ssize(s.mean)};
    file.tensors[layer + ".mean"] = {DType::f32, dims, bytes_of(s.mean)};
    file.tensors[layer + ".variance"] = {DType::f32, dims, bytes_of(s.variance)};
  }
  return encode_safetensors(file);
}

}  // namespace

std::string encode_statistics(const Graph& graph) { return encoded(statistics_of(graph), {}); }

std::string encode_statistics(const Graph& graph, const PrivacyBudget& budget) {
  const double deviation = noise_deviation(budget);
  auto all = statistics_of(graph);
  for (auto& [layer, s] : all) {
    s.mean = with_noise(std::move(s.mean), deviation, budget.key, layer + ".mean");
    for (float& v : s.variance) v = std::sqrt(v);
    s.variance = with_noise(std::move(s.variance), deviation, budget.key, layer + ".variance");
    for (float& v : s.variance) v = std::max(v, kLeastDeviation) * std::max(v, kLeastDeviation);
  }
  std::ostringstream text;
  text << "(epsilon " << budget.epsilon << ", delta " << budget.delta << ") for a sensitivity of "
       << budget.sensitivity << ": noise of deviation " << deviation << " on means and deviations";
  return encoded(all, {{"privacy", text.str()}});
}

Graph with_statistics(const Graph& graph, std::string_view bytes, const std::string& who) {
  const auto all = decode(bytes, who);
  check_layers(all, graph, who);
  Rebuild rebuild(graph);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const NodeId placed = rebuild.keep(NodeId(i));
    const auto found = is_layer(node) ? all.find(node.name) : all.end();
    if (found == all.end()) continue;
    const Statistics& s = found->second;
    check(std::ssize(s.mean) == node.shape.c && std::ssize(s.variance) == node.shape.c, Fault::model, who,
          ": has ", s.mean.size(), " channels for '", node.name, "', which has ", node.shape.c);
    rebuild.redirect(NodeId(i),
                     rebuild.insert(node.name + ".statistics", unchanging(s, node.name, who), {placed}));
  }
  return rebuild.finish();
}

}  // namespace zsq
