#include "quantize/bits_file.h"

#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "graph/file.h"
#include "graph/json_guard.h"

namespace zsq::quantize {
namespace {

using json = nlohmann::ordered_json;

int width(const json& layer, const char* what, const std::string& where) {
  const auto found = layer.find(what);
  check(found != layer.end() && found->is_number_integer(), Fault::usage, where, " has no number of '", what,
        R"('; a layer is {"weights": 4, "activations": 8})");
  const auto bits = found->get<std::int64_t>();
  check(2 <= bits && bits <= 8, Fault::usage, where, " asks for ", bits, " bits of ", what,
        ", zsq has 2 to 8");
  return static_cast<int>(bits);
}

}  // namespace

std::vector<BitsRule> read_bits_file(const std::filesystem::path& path) {
  constexpr int kDepth = 8;
  const std::string file = path.string();
  const FileBytes bytes(path, Fault::usage);
  JsonGuard guard(kDepth, [&](const std::string& what) { fail(Fault::usage, file, ": ", what); });
  const auto asked = [&](int depth, nlohmann::json::parse_event_t event, const json& parsed) {
    return guard(depth, event, parsed.is_string() ? nlohmann::json(parsed.get<std::string>()) : nullptr);
  };
  const json all = json::parse(bytes.view(), asked, /*allow_exceptions=*/false);
  check(
      all.is_object() && all.contains("layers") && all["layers"].is_object(), Fault::usage, file,
      R"(: does not say which layers get how many bits; {"layers": {"conv1": {"weights": 4, "activations": )"
      "8}}} was needed, as 'zsq search' writes it");
  std::vector<BitsRule> rules;
  for (const auto& [name, layer] : all["layers"].items()) {
    const std::string where = file + ": '" + name + "'";
    check(!name.empty() && layer.is_object(), Fault::usage, where,
          " is not {\"weights\": 4, \"activations\": 8}");
    rules.push_back({name, width(layer, "weights", where), width(layer, "activations", where), true});
  }
  return rules;
}

nlohmann::ordered_json layers_json(const std::vector<BitsRule>& rules) {
  json layers = json::object();
  for (const BitsRule& rule : rules)
    layers[rule.pattern] = {{"weights", rule.weights}, {"activations", rule.activations}};
  return layers;
}

}  // namespace zsq::quantize
