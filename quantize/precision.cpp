#include "quantize/precision.h"

#include <nlohmann/json.hpp>

#include "graph/op_traits.h"
#include "graph/text_table.h"
#include "quantize/calibrate.h"
#include "quantize/headroom.h"

namespace zsq::quantize {
namespace {

const BitsRule* rule_for(const Scheme& scheme, const std::string& name) {
  const BitsRule* found = nullptr;
  for (const BitsRule& rule : scheme.bits)
    if (matches(rule, name)) found = &rule;
  return found;
}

Width by_rule(const BitsRule& rule, int bits) {
  return {bits, rule.by_search ? Why::search : Why::pattern, rule.pattern};
}

Width weight_width(const Scheme& scheme, const std::string& name) {
  const BitsRule* rule = rule_for(scheme, name);
  return rule == nullptr ? Width{scheme.weight_bits} : by_rule(*rule, rule->weights);
}

Width activation_width(const Scheme& scheme, const std::string& name) {
  const BitsRule* rule = rule_for(scheme, name);
  return rule == nullptr ? Width{scheme.activation_bits} : by_rule(*rule, rule->activations);
}

std::string reason(const Width& width) {
  switch (width.why) {
    case Why::asked_for: return "asked for";
    case Why::pattern: return "asked for by " + width.pattern;
    case Why::search: return "found by search";
    case Why::first: return "first";
    case Why::last: return "last";
  }
  return {};
}

}  // namespace

Precision choose_precision(const Graph& prepared, const std::vector<Unit>& units, const Scheme& scheme) {
  Precision p;
  std::vector<std::string> names;  // that rules may match
  for (const Node& node : prepared.nodes()) {
    p.nodes.push_back({node.name});
    if (weight_of(node.op) == nullptr) continue;
    names.push_back(node.name);
    p.nodes.back().weight = weight_width(scheme, node.name);
  }
  const auto headroom = headrooms(prepared, Tail(prepared));
  for (const Unit& unit : units) {
    auto& activation = p.nodes[index(unit.last)].activation;
    const std::string& name = prepared[unit.head].name;
    if (unit.last == NodeId{0}) {
      activation = Width{8, Why::first};
    } else if (!moves_values(prepared[unit.last].op)) {
      names.push_back(name);
      activation = headroom[index(unit.last)] > 0 ? Width{8, Why::last} : activation_width(scheme, name);
    }
  }
  check_matches(scheme.bits, names);
  return p;
}

std::string to_text(const Precision& precision) {
  std::vector<std::vector<std::string>> rows{{"on a grid", "bits", "why"}};
  for (const auto& node : precision.nodes) {
    if (const auto& w = node.weight)
      rows.push_back({node.name + " weights", std::to_string(w->bits), reason(*w)});
    if (const auto& a = node.activation) rows.push_back({node.name, std::to_string(a->bits), reason(*a)});
  }
  return text_table(rows);
}

nlohmann::json to_json(const Precision& precision) {
  const auto entry = [](const Width& w) { return nlohmann::json{{"bits", w.bits}, {"why", reason(w)}}; };
  nlohmann::json all = nlohmann::json::array();
  for (const auto& node : precision.nodes) {
    nlohmann::json one{{"name", node.name}};
    if (node.weight) one["weights"] = entry(*node.weight);
    if (node.activation) one["activation"] = entry(*node.activation);
    if (one.size() > 1) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace zsq::quantize
