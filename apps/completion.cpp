// zsq completion and zsq man: what the program says of itself to shells and to man.
#include "apps/completion.h"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "apps/command_table.h"
#include "graph/check.h"

namespace zsq::apps {
namespace {

std::vector<CommandSpec> all_specs() {
  std::vector<CommandSpec> specs;
  for (const Command& command : commands()) specs.push_back(command.spec);
  return specs;
}

int run_completion(const Arguments& arguments) {
  const std::string& shell = arguments.only("SHELL (bash, zsh or fish)");
  const auto specs = all_specs();
  if (shell == "bash") {
    std::cout << bash_completion(specs);
  } else if (shell == "zsh") {
    std::cout << zsh_completion(specs);
  } else {
    check(shell == "fish", Fault::usage, "the shell is '", shell, "', it must be bash, zsh or fish");
    std::cout << fish_completion(specs);
  }
  return 0;
}

int run_man(const Arguments& arguments) {
  if (!arguments.positional().empty())
    fail(Fault::usage, "man takes no arguments, '", arguments.positional().front(),
         "' was given; 'zsq help COMMAND' tells about one command");
  std::cout << man_page(all_specs());
  return 0;
}

}  // namespace

std::vector<std::string> words_of(const std::string& value) {
  std::vector<std::string> words;
  std::istringstream parts(value);
  for (std::string part; std::getline(parts, part, '|');)
    if (part.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos) words.push_back(part);
  return words;
}

bool is_path(const std::string& value) {
  return std::ranges::any_of(std::vector<std::string>{"FILE", "DIR", "MODEL", "PLAN", "IMAGE", "SET"},
                             [&](const std::string& kind) { return value.find(kind) != std::string::npos; });
}

std::string listed(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : " ") + word;
  return list;
}

std::string escaped(const std::string& text, const std::string& special) {
  std::string safe;
  for (const char c : text) {
    if (special.find(c) != std::string::npos) safe += '\\';
    safe += c;
  }
  return safe;
}

Command completion_command() {
  return {{"completion",
           "bash|zsh|fish",
           "a script that completes zsq's words in a shell",
           "zsq completion bash > ~/.local/share/bash-completion/completions/zsq",
           {}},
          run_completion};
}

Command man_command() { return {{"man", "", "the man page", "zsq man | man -l -", {}}, run_man}; }

}  // namespace zsq::apps
