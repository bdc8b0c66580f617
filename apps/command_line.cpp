#include "apps/command_line.h"

#include "apps/console.h"
#include "graph/text.h"

namespace zsq::apps {

std::string command_line(const CommandSpec& spec, const Arguments& arguments) {
  std::string line = "zsq " + spec.name;
  for (const std::string& word : arguments.positional()) line += " " + shell_word(word);
  for (const OptionSpec& option : spec.options) {
    const std::string name = long_name(option);
    if (name == "quiet" || name == "json") continue;
    if (option.value.empty() ? !arguments.flag(name) : arguments.text(name) == option.default_value) continue;
    line += " --" + name + (option.value.empty() ? "" : " " + shell_word(arguments.text(name)));
  }
  return as_utf8(line);
}

}  // namespace zsq::apps
