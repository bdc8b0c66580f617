#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/arguments.h"

namespace zsq::apps {

/// --config and --print-config, which every subcommand with options has.
std::vector<OptionSpec> config_options();

/// As parse(), with the options of the file that --config names where the command line does not give them,
/// and with those of a named --recipe where neither does. The file is a JSON object of long names: a string
/// or a number for a value, true for a flag. Throws Error (Fault::usage) as parse() does, and where the file
/// is no such object or has a key that is no option.
Arguments parse_with_config(const CommandSpec& spec, const std::vector<std::string>& words);

/// The words of a command line that such an object of options stands for; `who` names it. Throws Error
/// (Fault::usage) where it is no such object.
std::vector<std::string> words_of_options(const nlohmann::json& options, const CommandSpec& spec,
                                          const std::string& who);

/// All options that have a value, by default too, as a file for --config.
std::string config_text(const CommandSpec& spec, const Arguments& arguments);

}  // namespace zsq::apps
