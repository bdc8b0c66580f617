#include "apps/sweep_settings.h"

#include <algorithm>

#include "graph/op_traits.h"
#include "quantize/units.h"

namespace zsq::apps {
namespace {

struct Layer {
  std::string name;
  std::size_t weights = 0;
};

std::vector<Layer> layers_of(const Graph& graph) {
  std::vector<Layer> all;
  for (const Node& node : graph.nodes())
    if (const Array* weight = weight_of(node.op)) all.push_back({node.name, weight->values.size()});
  return all;
}

/// "name=W/A", with the activations' width as it is.
std::string rule(const std::string& name, int weights, int activations) {
  return name + "=" + std::to_string(weights) + "/" + std::to_string(activations);
}

std::string joined(const std::vector<std::string>& rules) {
  std::string all;
  for (const std::string& r : rules) all += (all.empty() ? "" : ",") + r;
  return all;
}

/// First and last layer at 8 bits, and of the others, the largest first, as many a bit narrower as pay for
/// it.
std::string ends_within_budget(const std::vector<Layer>& layers, int bits, int activations) {
  std::vector<std::string> rules{rule(layers.front().name, 8, activations),
                                 rule(layers.back().name, 8, activations)};
  auto owed = static_cast<std::int64_t>(layers.front().weights + layers.back().weights) * (8 - bits);
  std::vector<Layer> middle(layers.begin() + 1, layers.end() - 1);
  std::ranges::stable_sort(middle, std::greater(), &Layer::weights);
  for (const Layer& layer : middle) {
    if (owed <= 0) break;
    if (static_cast<std::int64_t>(layer.weights) > 2 * owed) continue;  // it would pay far too much
    rules.push_back(rule(layer.name, bits - 1, activations));
    owed -= static_cast<std::int64_t>(layer.weights);
  }
  return joined(rules);
}

std::string residuals_at(const Graph& graph, int weights, int activations) {
  std::vector<std::string> rules;
  for (const quantize::Unit& unit : quantize::units(graph))
    if (unit.residual) rules.push_back(rule(graph[unit.head].name, weights, activations));
  return joined(rules);
}

}  // namespace

std::vector<SweepSetting> sweep_settings(const Graph& prepared, const Arguments& arguments) {
  const int wbits = static_cast<int>(arguments.integer("wbits", 2, 8));
  const int abits = static_cast<int>(arguments.integer("abits", 2, 8));
  const std::vector<Layer> layers = layers_of(prepared);
  std::vector<SweepSetting> all{
      {"-", "as asked for", true, {}},
      {"granularity", "one scale for a tensor's weights", false, {{"granularity", "tensor"}}},
      {"symmetry", "symmetric activations", false, {{"activation-symmetry", "symmetric"}}}};
  if (wbits < 8 && layers.size() > 2) {
    all.push_back(
        {"first and last layer",
         "both at 8 bits",
         false,
         {{"bits", joined({rule(layers.front().name, 8, abits), rule(layers.back().name, 8, abits)})}}});
    if (wbits > 2)
      all.push_back({"first and last layer",
                     "both at 8 bits, budget kept",
                     false,
                     {{"bits", ends_within_budget(layers, wbits, abits)}}});
  }
  const int other = abits == 8 ? 6 : 8;
  if (const std::string rules = residuals_at(prepared, wbits, other); !rules.empty())
    all.push_back({"residual paths", "sums at " + std::to_string(other) + " bits", false, {{"bits", rules}}});
  if (wbits < 8)
    all.push_back({"widths", "weights one bit wider", false, {{"wbits", std::to_string(wbits + 1)}}});
  for (const char* count : {"16", "256"})
    all.push_back({"calibration size", std::string(count) + " images", false, {{"count", count}}});
  all.push_back({"data", "noise", false, {{"images", "noise"}}});
  if (arguments.has("real"))
    all.push_back({"data", "real images", false, {{"images", arguments.text("real")}}});
  for (const char* seed : {"1", "2"})
    all.push_back({"seed", std::string("seed ") + seed, false, {{"seed", seed}}});
  all.push_back({"method", "nearest rounding", true, {{"rounding", "nearest"}}});
  all.push_back({"method", "sum-preserving rounding", true, {{"rounding", "sum-preserving"}}});
  all.push_back({"method",
                 "ranges that cut nothing off",
                 true,
                 {{"weight-range", "min-max"}, {"activation-range", "min-max"}}});
  all.push_back({"method", "no bias correction", true, {{"bias-correction", "none"}}});
  all.push_back({"method", "no equalization", true, {{"equalization", "none"}}});
  return all;
}

std::vector<SweepSetting> ablation_settings(const MethodRecipe& recipe) {
  std::map<std::string, std::string> options, without;
  for (const Trick& trick : recipe.tricks) without.try_emplace(std::string(trick.option), trick.without);
  options = without;
  std::vector<SweepSetting> all{{"-", "no trick", true, options}};
  for (const Trick& trick : recipe.tricks) {
    options[std::string(trick.option)] = trick.value;
    all.push_back({"one more", "+ " + std::string(trick.name), true, options, all.size() - 1});
  }
  const std::size_t whole = all.size() - 1;
  for (const auto& [option, value] : without) {
    std::map<std::string, std::string> changes = options;
    changes[option] = value;
    // Learning needs channels' scales.
    if (changes["granularity"] == "tensor" && changes["rounding"] == "auto")
      changes["rounding"] = "second-order";
    all.push_back({"one less", option + " " + value, true, changes, whole});
  }
  return all;
}

}  // namespace zsq::apps
