#include "apps/completion.h"

namespace zsq::apps {
namespace {

/// Inside '...', where zsh's _arguments and _describe give colons and brackets a meaning.
std::string quoted(const std::string& text) {
  std::string safe;
  for (const char c : escaped(text, "\\:[]")) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe;
}

/// "(a b)" or "_files", behind a value's name.
std::string action(const std::string& value) {
  const std::string words = listed(words_of(value));
  if (words.empty()) return is_path(value) ? "_files" : " ";
  return is_path(value) ? "{ _alternative \"words:word:(" + words + ")\" \"files:file:_files\" }"
                        : "(" + words + ")";
}

std::string option_line(const OptionSpec& option) {
  const std::string name = "--" + long_name(option), brief = short_name(option);
  const std::string help =
      "[" + quoted(option.help) + "]" +
      (option.value.empty() ? "" : ":" + quoted(option.value) + ":" + action(option.value));
  if (brief.empty()) return " \\\n        '" + name + help + "'";
  return " \\\n        '(-" + brief + " " + name + ")'{-" + brief + "," + name + "}'" + help + "'";
}

}  // namespace

std::string zsh_completion(const std::vector<CommandSpec>& specs) {
  std::string names, cases;
  for (const CommandSpec& spec : specs) {
    names += "    '" + spec.name + ":" + quoted(spec.summary) + "'\n";
    cases += "    " + spec.name + ")\n      _arguments";
    for (const OptionSpec& option : spec.options) cases += option_line(option);
    cases += " \\\n        '--help[show this help]'";
    if (!spec.positional.empty())
      cases += " \\\n        '*:" + quoted(spec.positional) + ":" + action(spec.positional) + "'";
    cases += " ;;\n";
  }
  return "#compdef zsq\n# zsh completion of zsq; made by: zsq completion zsh\n"
         "_zsq() {\n  local -a commands\n  commands=(\n" +
         names +
         "    'help:this list, or all about a command'\n  )\n"
         "  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
         "  local command=${words[2]}\n  shift words\n  (( CURRENT-- ))\n"
         "  case $command in\n    help) _describe command commands ;;\n" +
         cases + "  esac\n}\n_zsq \"$@\"\n";
}

}  // namespace zsq::apps
