#include "apps/arguments.h"

#include <algorithm>
#include <charconv>

#include <cxxopts.hpp>

#include "graph/check.h"
#include "graph/nearest.h"

namespace zsq::apps {
namespace {

cxxopts::Options options_of(const CommandSpec& spec) {
  cxxopts::Options options("zsq " + spec.name, spec.summary);
  options.custom_help(spec.positional.empty() ? "[options]" : spec.positional + " [options]");
  options.set_width(110);
  auto add = options.add_options();
  for (const OptionSpec& o : spec.options) {
    if (o.value.empty()) {
      add(o.name, o.help);
    } else if (o.default_value.empty()) {
      add(o.name, o.help, cxxopts::value<std::string>(), o.value);
    } else {
      add(o.name, o.help, cxxopts::value<std::string>()->default_value(o.default_value), o.value);
    }
  }
  add("h,help", "show this help");
  options.add_options("positional")("positional", "", cxxopts::value<std::vector<std::string>>());
  return options;
}

void refuse_unknown(const CommandSpec& spec, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> known{"--help"};
  for (const OptionSpec& o : spec.options) known.push_back("--" + long_name(o));
  const std::string near = nearest(name, known);
  fail(
      Fault::usage, "zsq ", spec.name, " has no option '", name, "'",
      near.empty() ? "; 'zsq " + spec.name + " --help' lists what it has" : "; did you mean '" + near + "'?");
}

/// An option that takes a value must not swallow the option behind it.
void refuse_missing_value(const CommandSpec& spec, const std::vector<std::string>& words) {
  for (const OptionSpec& o : spec.options) {
    if (o.value.empty()) continue;
    const std::string dashed = "--" + long_name(o), brief = "-" + o.name.substr(0, 1);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool is_it = words[i] == dashed || (o.name.find(',') == 1 && words[i] == brief);
      check(!is_it || (i + 1 < words.size() && !words[i + 1].starts_with("--")), Fault::usage, dashed,
            " needs a value: ", dashed, " ", o.value);
    }
  }
}

}  // namespace

std::string long_name(const OptionSpec& option) {
  const auto comma = option.name.find(',');
  return comma == std::string::npos ? option.name : option.name.substr(comma + 1);
}

std::string short_name(const OptionSpec& option) {
  const auto comma = option.name.find(',');
  return comma == std::string::npos ? "" : option.name.substr(0, comma);
}

std::string Arguments::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

std::int64_t Arguments::integer(const std::string& name, std::int64_t low, std::int64_t high) const {
  return to_integer("--" + name, text(name), low, high);
}

double Arguments::number(const std::string& name, double low, double high) const {
  const std::string given = text(name);
  double v = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), v);
  check(error == std::errc() && end == given.data() + given.size() && low <= v && v <= high, Fault::usage,
        "--", name, " is '", given, "', it must be a number from ", low, " to ", high);
  return v;
}

const std::string& Arguments::only(const std::string& what) const {
  check(positional_.size() == 1, Fault::usage, "one ", what, " is needed, ", positional_.size(),
        positional_.size() == 1 ? " was given" : " were given");
  return positional_[0];
}

Arguments parse(const CommandSpec& spec, const std::vector<std::string>& words) {
  refuse_missing_value(spec, words);
  cxxopts::Options options = options_of(spec);
  options.parse_positional({"positional"});
  options.allow_unrecognised_options();
  std::vector<const char*> argv{"zsq"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::map<std::string, std::string> values;
  std::map<std::string, bool> flags;
  std::vector<std::string> positional;
  try {
    const auto result = options.parse(static_cast<int>(argv.size()), argv.data());
    for (const std::string& word : result.unmatched()) refuse_unknown(spec, word);
    for (const OptionSpec& o : spec.options) {
      const std::string name = long_name(o);
      if (o.value.empty()) {
        flags[name] = result.count(name) > 0;
      } else if (result.count(name) > 0 || !o.default_value.empty()) {
        values[name] = result[name].as<std::string>();
      }
    }
    flags["help"] = result.count("help") > 0;
    if (result.count("positional") > 0) positional = result["positional"].as<std::vector<std::string>>();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {  // cxxopts' own, whose type differs between its versions
    fail(Fault::usage, "zsq ", spec.name, ": ", e.what());
  }
  return {std::move(values), std::move(flags), std::move(positional)};
}

std::string help(const CommandSpec& spec) {
  return options_of(spec).help({""}) + "\nExample:\n  " + spec.example + "\n";
}

std::int64_t to_integer(const std::string& who, const std::string& text, std::int64_t low,
                        std::int64_t high) {
  std::int64_t v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  check(error == std::errc() && end == text.data() + text.size() && low <= v && v <= high, Fault::usage, who,
        " is '", text, "', it must be a whole number from ", low, " to ", high);
  return v;
}

}  // namespace zsq::apps
