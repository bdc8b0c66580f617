#include "apps/completion.h"

namespace zsq::apps {
namespace {

/// As one word of fish, in which only \ and ' mean something between quotes.
std::string quoted(const std::string& text) { return "'" + escaped(text, "\\'") + "'"; }

/// What a value may be: -r it must be there, -F a file, -x no file.
std::string value_of(const std::string& value) {
  const std::string words = listed(words_of(value));
  return std::string(is_path(value) ? " -r -F" : " -x") + (words.empty() ? "" : " -a " + quoted(words));
}

}  // namespace

std::string fish_completion(const std::vector<CommandSpec>& specs) {
  std::string script = "# fish completion of zsq; made by: zsq completion fish\n", names;
  for (const CommandSpec& spec : specs) {
    names += (names.empty() ? "" : " ") + spec.name;
    script +=
        "complete -c zsq -n __fish_use_subcommand -f -a " + spec.name + " -d " + quoted(spec.summary) + "\n";
    const std::string here = "complete -c zsq -n " + quoted("__fish_seen_subcommand_from " + spec.name) + " ";
    for (const OptionSpec& option : spec.options) {
      script += here + "-l " + long_name(option);
      if (!short_name(option).empty()) script += " -s " + short_name(option);
      if (!option.value.empty()) script += value_of(option.value);
      script += " -d " + quoted(option.help) + "\n";
    }
    script += here + "-l help -d 'show this help'\n";
    const std::string words = listed(words_of(spec.positional));
    if (!words.empty()) script += here + "-f -a " + quoted(words) + "\n";
  }
  return script +
         "complete -c zsq -n __fish_use_subcommand -f -a help -d 'this list, or all about a command'\n" +
         "complete -c zsq -n '__fish_seen_subcommand_from help' -f -a " + quoted(names) + "\n";
}

}  // namespace zsq::apps
