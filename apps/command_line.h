#pragma once

#include <string>

#include "apps/arguments.h"

namespace zsq::apps {

/// A command line of that subcommand that asks for the same, to paste: what was given, without what has its
/// default, and without
/// --quiet and --json.
std::string command_line(const CommandSpec& spec, const Arguments& arguments);

}  // namespace zsq::apps
