#include "apps/config.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "apps/method_recipe.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/json_guard.h"
#include "graph/nearest.h"

namespace zsq::apps {
namespace {

using json = nlohmann::ordered_json;

bool is_about_config(const OptionSpec& option) {
  return option.name == "config" || option.name == "print-config";
}

const OptionSpec& option_named(const CommandSpec& spec, const std::string& key, const std::string& file) {
  std::vector<std::string> known;
  for (const OptionSpec& option : spec.options) {
    if (is_about_config(option)) continue;
    if (long_name(option) == key) return option;
    known.push_back(long_name(option));
  }
  const std::string near = nearest(key, known);
  fail(
      Fault::usage, file, ": zsq ", spec.name, " has no option '", key, "'",
      near.empty() ? "; 'zsq " + spec.name + " --help' lists what it has" : "; did you mean '" + near + "'?");
}

/// As a word of the command line; empty for a flag that is not set.
std::string word_of(const OptionSpec& option, const nlohmann::json& value, const std::string& file) {
  const std::string name = long_name(option);
  if (option.value.empty()) {
    check(value.is_boolean(), Fault::usage, file, ": '", name, "' must be true or false");
    return value.get<bool>() ? "--" + name : "";
  }
  check(value.is_string() || value.is_number(), Fault::usage, file, ": '", name,
        "' must be a string or a number: ", option.value);
  return "--" + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
}

std::vector<std::string> words_in(const std::string& file, const CommandSpec& spec) {
  const FileBytes bytes(file, Fault::usage);
  JsonGuard guard(2, [&](const std::string& what) { fail(Fault::usage, file, ": ", what); });
  return words_of_options(nlohmann::json::parse(bytes.view(), std::ref(guard), /*allow_exceptions=*/false),
                          spec, file);
}

void refuse_where_nothing_is_quantized(const CommandSpec& spec, const MethodRecipe& recipe) {
  const auto has = [&](const Trick& trick) {
    return std::ranges::any_of(spec.options,
                               [&](const OptionSpec& o) { return long_name(o) == trick.option; });
  };
  check(std::ranges::all_of(recipe.tricks, has), Fault::usage, "--recipe ", recipe.name,
        " is of steps that zsq quantize takes, and zsq ", spec.name,
        " takes none of them; give a JSON file of what decides images, or leave it out");
}

}  // namespace

std::vector<OptionSpec> config_options() {
  return {{"config", "FILE", "", "more options, a JSON object by their long names; the command line wins"},
          {"print-config", "", "", "print the options as such an object, and do nothing else"}};
}

std::vector<std::string> words_of_options(const nlohmann::json& options, const CommandSpec& spec,
                                          const std::string& who) {
  check(options.is_object(), Fault::usage, who,
        ": is not a JSON object of options, such as {\"threads\": 2, \"quiet\": true}");
  std::vector<std::string> words;
  for (const auto& [key, value] : options.items()) {
    const std::string word = word_of(option_named(spec, key, who), value, who);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

Arguments parse_with_config(const CommandSpec& spec, const std::vector<std::string>& words) {
  Arguments given = parse(spec, words);
  std::vector<std::string> all = words;
  if (given.has("config")) {
    all = words_in(given.text("config"), spec);
    all.insert(all.end(), words.begin(), words.end());  // the last of two wins
    given = parse(spec, all);
  }
  const MethodRecipe* recipe = method_recipe_named(given.text("recipe"));
  if (recipe == nullptr) return given;
  refuse_where_nothing_is_quantized(spec, *recipe);
  const std::vector<std::string> first = words_of(*recipe);
  all.insert(all.begin(), first.begin(), first.end());
  return parse(spec, all);
}

std::string config_text(const CommandSpec& spec, const Arguments& arguments) {
  json all = json::object();
  for (const OptionSpec& option : spec.options) {
    const std::string name = long_name(option);
    if (is_about_config(option)) continue;
    if (option.value.empty()) {
      all[name] = arguments.flag(name);
    } else if (arguments.has(name)) {
      const json number = json::parse(arguments.text(name), nullptr, false);
      all[name] = number.is_number() ? number : json(arguments.text(name));
    }
  }
  return all.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace zsq::apps
