// libzsq_torch_commands.so: the subcommands that need LibTorch, for the program that opens it.
#include <c10/util/Exception.h>
#include <malloc.h>

#include "apps/interrupt.h"
#include "apps/torch_commands.h"
#include "apps/torch_doctor.h"
#include "apps/torch_failure.h"
#include "apps/torch_interface.h"
#include "apps/version.h"
#include "graph/check.h"

namespace zsq::apps {
namespace {

/// LibTorch's warnings are for who calls it, and are no sentence of ours.
class Unsaid : public c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

/// Tensors of many MB come and go with every op. Left alone, malloc maps each anew and hands it back, and the
/// system fills it with zeros again: a third of a long command's time. Kept are those below 64 MiB: keeping
/// larger ones too makes the heap's holes, and so the peak, twice as large and saves no more time.
void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

int run(const TorchCommand& command) {
  if (command.name == "inspect") return run_inspect(command.arguments);
  if (command.name == "synth") return run_synth(command.arguments);
  if (command.name == "quantize") return run_quantize(command.arguments);
  if (command.name == "eval") return run_eval_with_float(command.arguments);
  if (command.name == "bench") return run_bench_of_random(command.arguments);
  if (command.name == "search") return run_search(command.arguments);
  if (command.name == "analyze") return run_analyze(command.arguments);
  if (command.name == "sweep") return run_sweep(command.arguments);
  if (command.name == "reproduce") return run_reproduce(command.arguments);
  if (command.name == "compare") return run_compare(command.arguments);
  fail(Fault::usage, "the LibTorch part has no command '", command.name, "'");
}

/// What `work` returns, or the failure it threw.
template <class Work>
void guarded(Failure& ended, const Work& work) {
  static Unsaid unsaid;
  c10::WarningUtils::set_warning_handler(&unsaid);
  keep_memory();
  try {
    ended = {work(), ""};
  } catch (...) {
    ended = failure_with_torch(std::current_exception());
  }
}

}  // namespace
}  // namespace zsq::apps

extern "C" {

[[gnu::visibility("default")]] const char* zsq_library_version() { return zsq::apps::kVersion.data(); }

[[gnu::visibility("default")]] void zsq_run_torch_command(const zsq::apps::TorchCommand& command,
                                                          zsq::apps::Failure& ended) {
  zsq::apps::watch_interrupts_at(command.pressed);
  zsq::apps::guarded(ended, [&] { return zsq::apps::run(command); });
}

[[gnu::visibility("default")]] void zsq_find_torch_facts(zsq::apps::TorchFacts& facts,
                                                         zsq::apps::Failure& ended) {
  zsq::apps::guarded(ended, [&] {
    facts = zsq::apps::find_torch_facts();
    return 0;
  });
}
}
