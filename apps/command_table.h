#pragma once

#include <vector>

#include "apps/command.h"

namespace zsq::apps {

/// All subcommands, in the order of the help: the one table that the help, the completions and the man page
/// are made from.
std::vector<Command> commands();

}  // namespace zsq::apps
