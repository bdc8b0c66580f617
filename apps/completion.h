#pragma once

#include <string>
#include <vector>

#include "apps/arguments.h"

/// The table of subcommands as scripts that complete their words in a shell, and as a man page.
namespace zsq::apps {

std::string bash_completion(const std::vector<CommandSpec>& specs);
std::string zsh_completion(const std::vector<CommandSpec>& specs);
std::string fish_completion(const std::vector<CommandSpec>& specs);
std::string man_page(const std::vector<CommandSpec>& specs);

/// Of "cpu|cuda" or "DIR|noise", as a spec writes values: the words to type as they stand, in small letters.
std::vector<std::string> words_of(const std::string& value);

/// Whether a value is, or may be, the name of something on the disk: "FILE", "DIR|noise", "IMAGE...".
bool is_path(const std::string& value);

/// The words, one blank between two.
std::string listed(const std::vector<std::string>& words);

/// `text` with each of `special` behind a backslash.
std::string escaped(const std::string& text, const std::string& special);

}  // namespace zsq::apps
