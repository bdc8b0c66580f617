#include <algorithm>
#include <iostream>

#include "apps/command_table.h"
#include "apps/config.h"
#include "apps/failure.h"
#include "apps/interrupt.h"
#include "apps/method_recipe.h"
#include "apps/version.h"
#include "graph/check.h"
#include "graph/nearest.h"
#include "report/terms.h"

namespace zsq::apps {
namespace {

std::string overview() {
  std::string text =
      "zsq " + std::string(kVersion) +
      ": quantizes pretrained convolutional networks without data, and runs them in integers.\n\n"
      "usage: zsq COMMAND ...          zsq help COMMAND tells more, with an example\n\n";
  for (const Command& command : commands())
    text += "  " + command.spec.name + std::string(15 - command.spec.name.size(), ' ') +
            command.spec.summary + "\n";
  return text +
         "  help           this list, or all about a command: zsq help quantize, zsq quantize --help;\n"
         "                 zsq help terms explains the words that label a run,\n"
         "                 zsq help recipe the steps of --recipe guideline\n"
         "  --version      what this is\n"
         "\nFirst steps:\n  zsq quantize model.pt -o model.zsq\n"
         "  zsq eval model.zsq --float model.pt --data images/\n";
}

/// Throws Error (Fault::usage) where there is no command of that name.
Command command_named(const std::string& word) {
  std::vector<std::string> names;
  for (Command& command : commands()) {
    if (command.spec.name == word) return std::move(command);
    names.push_back(command.spec.name);
  }
  const std::string near = nearest(word, names);
  fail(Fault::usage, "there is no command '", word, "'",
       near.empty() ? "; 'zsq --help' lists them" : "; did you mean '" + near + "'?");
}

int dispatch(const std::vector<std::string>& words) {
  const std::string first = words.empty() ? "" : words[0];
  if (first == "help" && words.size() == 2) {
    if (words[1] == "terms" || words[1] == "recipe") {
      std::cout << (words[1] == "terms" ? report::terms_text() : recipes_text());
      return 0;
    }
    std::cout << help(command_named(words[1]).spec);
    return 0;
  }
  if (first.empty() || first == "--help" || first == "-h" || first == "help") {
    std::cout << overview();
    return words.empty() ? static_cast<int>(Fault::usage) : 0;
  }
  if (first == "--version") {
    std::cout << "zsq " << kVersion << '\n';
    return 0;
  }
  const Command command = command_named(first);
  const Arguments arguments = parse_with_config(command.spec, {words.begin() + 1, words.end()});
  if (arguments.flag("help")) {
    std::cout << help(command.spec);
    return 0;
  }
  if (arguments.flag("print-config")) {
    std::cout << config_text(command.spec, arguments);
    return 0;
  }
  return command.run(arguments);
}

int run(const std::vector<std::string>& words) {
  try {
    const int code = dispatch(words);
    std::cout.flush();
    check(std::cout.good(), Fault::data, "stdout cannot be written to");
    return code;
  } catch (...) {
    return report(failure_of(std::current_exception()));
  }
}

}  // namespace
}  // namespace zsq::apps

int main(int argc, char** argv) {
  zsq::apps::catch_interrupts();
  return zsq::apps::run({argv + 1, argv + argc});
}
