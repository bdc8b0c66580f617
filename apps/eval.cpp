// zsq eval: accuracy of an integer program. Beside a float network it is the LibTorch library's work.
#include "apps/command.h"
#include "apps/command_specs.h"
#include "apps/device_options.h"
#include "apps/eval_card.h"
#include "apps/evaluation.h"
#include "apps/option_tables.h"
#include "apps/plan_source.h"
#include "apps/torch_library.h"
#include "graph/check.h"

namespace zsq::apps {
namespace {

int run(const Arguments& arguments) {
  const std::string path = arguments.only("PLAN or MODEL");
  check_set_options(arguments);
  check_card_options(arguments);
  if (arguments.has("float") || !is_plan(path)) return run_in_torch_library("eval", arguments);
  check(!arguments.has("images"), Fault::usage,
        "--images has no labels, so a plan alone has nothing to be compared with; give --float MODEL, the "
        "network "
        "it was made from, or labelled images as --data SET");
  for (const OptionSpec& option : model_options())
    check(!arguments.has(option.name), Fault::usage, "--", option.name,
          " is about a float network; a plan has its own preprocessing, or give --float MODEL");
  const runtime::PlanFile file = open_plan(path);
  const runtime::Device device = device_from(arguments);
  Status status(arguments.flag("quiet"));
  const Classes classes{evaluate::class_count(file), file.metadata.labels};
  const auto set = evaluation_set(arguments, file.metadata.preprocessing, file.plan.image, classes, status);
  const Stopwatch watch;
  const auto session = runtime::make_session(file.plan, device, session_from(arguments));
  const evaluate::Predictions predictions = predict(*session, file, during(Phase::integers, set, status));
  const auto found = evaluation(
      {predictions, predictions, std::string(runtime::name(device)), watch.seconds(), /*beside_float=*/false},
      classes, arguments);
  write_evaluated_card({card_beside(path, file), set.set, found, predictions}, arguments);
  show(found, arguments, status);
  return 0;
}

}  // namespace

Command eval_command() { return {eval_spec(), run}; }

}  // namespace zsq::apps
