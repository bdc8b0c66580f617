#include "apps/torch_library.h"

#include "apps/interrupt.h"
#include "apps/shared_library.h"
#include "graph/check.h"

namespace zsq::apps {
namespace {

SharedLibrary open_for(const std::string& who) {
  return {"libzsq_torch_commands.so",
          who +
              " needs LibTorch, which cannot be opened; scripts/setup in zsq's sources installs it, and run, "
              "verify, doctor and eval of a plan work without"};
}

}  // namespace

int run_in_torch_library(const std::string& command, const Arguments& arguments) {
  const SharedLibrary library = open_for("zsq " + command);
  Failure ended{};
  library.function<RunTorchCommand>(kRunTorchCommand)({command, arguments, interrupt_flag()}, ended);
  return ended.sentence.empty() ? ended.code : report(ended);
}

Command in_torch_library(CommandSpec spec) {
  const std::string name = spec.name;
  return {std::move(spec),
          [name](const Arguments& arguments) { return run_in_torch_library(name, arguments); }};
}

TorchFacts torch_facts() {
  const SharedLibrary library = open_for("the quantizer");
  TorchFacts facts;
  Failure ended{};
  library.function<FindTorchFacts>(kFindTorchFacts)(facts, ended);
  if (!ended.sentence.empty()) fail(Fault::device, ended.sentence);
  return facts;
}

}  // namespace zsq::apps
