#include "apps/command_table.h"

#include "apps/command_specs.h"
#include "apps/torch_library.h"

namespace zsq::apps {

std::vector<Command> commands() {
  return {in_torch_library(inspect_spec()),
          in_torch_library(synth_spec()),
          in_torch_library(quantize_spec()),
          eval_command(),
          run_command(),
          verify_command(),
          in_torch_library(compare_spec()),
          doctor_command(),
          completion_command(),
          man_command()};
}

}  // namespace zsq::apps
