#pragma once

#include "apps/command.h"
#include "apps/torch_interface.h"

namespace zsq::apps {

/// The subcommand whose work is done in the library that needs LibTorch.
Command in_torch_library(CommandSpec spec);

/// The exit code. Throws Error (Fault::device) where the library, or LibTorch, cannot be opened.
int run_in_torch_library(const std::string& command, const Arguments& arguments);

/// Throws Error as run_in_torch_library does.
TorchFacts torch_facts();

}  // namespace zsq::apps
