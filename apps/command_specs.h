#pragma once

#include "apps/arguments.h"

/// What the subcommands are called and take that need LibTorch, all of them or some of their work. The help
/// needs none of it.
namespace zsq::apps {

CommandSpec inspect_spec();
CommandSpec synth_spec();
CommandSpec quantize_spec();
CommandSpec search_spec();
CommandSpec eval_spec();
CommandSpec analyze_spec();
CommandSpec sweep_spec();
CommandSpec reproduce_spec();
CommandSpec compare_spec();

}  // namespace zsq::apps
