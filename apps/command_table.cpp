#include "apps/command_table.h"

#include "apps/command_specs.h"
#include "apps/config.h"
#include "apps/option_tables.h"
#include "apps/torch_library.h"

namespace zsq::apps {

std::vector<Command> commands() {
  std::vector<Command> all{inspect_command(),
                           in_torch_library(synth_spec()),
                           in_torch_library(quantize_spec()),
                           in_torch_library(search_spec()),
                           eval_command(),
                           run_command(),
                           verify_command(),
                           bench_command(),
                           in_torch_library(compare_spec()),
                           in_torch_library(analyze_spec()),
                           in_torch_library(sweep_spec()),
                           in_torch_library(reproduce_spec()),
                           card_command(),
                           compare_cards_command(),
                           jobs_command(),
                           export_command(),
                           doctor_command(),
                           completion_command(),
                           man_command()};
  for (Command& command : all)
    if (!command.spec.options.empty())
      command.spec.options = joined({std::move(command.spec.options), config_options()});
  return all;
}

}  // namespace zsq::apps
