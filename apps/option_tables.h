#pragma once

#include "apps/arguments.h"

/// Options that several subcommands have. Tables alone: who reads them is elsewhere, some of it in a library
/// that needs LibTorch.
namespace zsq::apps {

/// --input, --arch, --stats, --mean, --std, --resize, --crop: what a model file may not say about itself.
std::vector<OptionSpec> model_options();

/// --count, --steps, --seed, --threads: what decides a synthesis.
std::vector<OptionSpec> synthesis_options();

/// --wbits, --abits, --bits.
std::vector<OptionSpec> width_options();

/// The method of each step of the quantizer.
std::vector<OptionSpec> method_options();

/// --json, --quiet, --force.
std::vector<OptionSpec> output_options();

/// `lists` one after another.
std::vector<OptionSpec> joined(std::vector<std::vector<OptionSpec>> lists);

}  // namespace zsq::apps
