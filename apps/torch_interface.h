#pragma once

#include <atomic>
#include <string>

#include "apps/arguments.h"
#include "apps/failure.h"

/// Between the program and libzsq_torch_commands.so, which holds what needs LibTorch. Nothing is thrown
/// across it: what went wrong is handed back.
namespace zsq::apps {

struct TorchCommand {
  std::string name;            // of the subcommand
  const Arguments& arguments;  // parsed by its spec
  std::atomic<bool>& pressed;  // set where Ctrl-C was pressed
};

/// What `zsq doctor` wants to know of the library.
struct TorchFacts {
  std::string libtorch, opencv;  // versions
  std::int64_t mismatches = 0;   // of a small network, quantized and compared with the reference
};

/// Runs a subcommand. ended: its exit code; with a sentence where it failed.
using RunTorchCommand = void(const TorchCommand& command, Failure& ended);
inline constexpr const char* kRunTorchCommand = "zsq_run_torch_command";

using FindTorchFacts = void(TorchFacts& facts, Failure& ended);
inline constexpr const char* kFindTorchFacts = "zsq_find_torch_facts";

}  // namespace zsq::apps
