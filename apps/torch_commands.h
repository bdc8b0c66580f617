#pragma once

#include "apps/arguments.h"

/// What the subcommands do that need LibTorch. Each returns the exit code; a mistake of the user's is an
/// Error.
namespace zsq::apps {

int run_inspect(const Arguments& arguments);
int run_synth(const Arguments& arguments);
int run_quantize(const Arguments& arguments);
int run_eval_with_float(const Arguments& arguments);
int run_bench_of_random(const Arguments& arguments);
int run_search(const Arguments& arguments);
int run_analyze(const Arguments& arguments);
int run_sweep(const Arguments& arguments);
int run_reproduce(const Arguments& arguments);
int run_compare(const Arguments& arguments);

}  // namespace zsq::apps
