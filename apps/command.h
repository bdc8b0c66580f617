#pragma once

#include <filesystem>
#include <functional>

#include "apps/arguments.h"

namespace zsq::apps {

/// One subcommand: parse, call, print. run returns the exit code; a mistake of the user's is an Error.
struct Command {
  CommandSpec spec;
  std::function<int(const Arguments&)> run;
};

Command inspect_command();
Command eval_command();
Command run_command();
Command verify_command();
Command bench_command();
Command card_command();
Command compare_cards_command();
Command export_command();
Command jobs_command();
Command doctor_command();
Command completion_command();
Command man_command();

/// Throws Error (Fault::data) where `path` exists and --force was not given, or its folder does not exist or
/// cannot be written to: before the work, not after it.
void check_output(const std::filesystem::path& path, const Arguments& arguments);

}  // namespace zsq::apps
