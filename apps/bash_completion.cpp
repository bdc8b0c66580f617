#include "apps/completion.h"

namespace zsq::apps {
namespace {

std::vector<std::string> dashed_options(const CommandSpec& spec) {
  std::vector<std::string> all;
  for (const OptionSpec& option : spec.options) all.push_back("--" + long_name(option));
  all.push_back("--help");
  return all;
}

/// What may follow: these words, and names of files where `path`.
std::string reply(const std::string& words, bool path) {
  std::string made = "COMPREPLY=(";
  if (!words.empty()) made += "$(compgen -W '" + words + "' -- \"$cur\")";
  if (path) made += std::string(words.empty() ? "" : " ") + "$(compgen -f -- \"$cur\")";
  return made + ")";
}

std::string value_case(const std::string& command, const OptionSpec& option) {
  std::string pattern = command + ":--" + long_name(option);
  if (!short_name(option).empty()) pattern += "|" + command + ":-" + short_name(option);
  return "    " + pattern + ") " + reply(listed(words_of(option.value)), is_path(option.value)) +
         "; return ;;\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandSpec>& specs) {
  std::vector<std::string> names;
  std::string values, options;
  for (const CommandSpec& spec : specs) {
    names.push_back(spec.name);
    for (const OptionSpec& option : spec.options)
      if (!option.value.empty()) values += value_case(spec.name, option);
    options += "    " + spec.name + ")\n      if [[ $cur == -* ]]; then " +
               reply(listed(dashed_options(spec)), false) + "; else " +
               reply(listed(words_of(spec.positional)), is_path(spec.positional)) + "; fi ;;\n";
  }
  return "# bash completion of zsq; made by: zsq completion bash\n"
         "_zsq() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} IFS=$' \\t\\n'\n"
         "  COMPREPLY=()\n"
         "  if (( COMP_CWORD == 1 )); then\n"
         "    " +
         reply(listed(names) + " help --help --version", false) +
         "\n    return\n  fi\n"
         "  case ${COMP_WORDS[1]}:$prev in\n" +
         values + "  esac\n  case ${COMP_WORDS[1]} in\n    help) " + reply(listed(names), false) + " ;;\n" +
         options + "  esac\n}\ncomplete -o filenames -F _zsq zsq\n";
}

}  // namespace zsq::apps
