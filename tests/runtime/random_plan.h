#pragma once

#include "runtime/plan_file.h"
#include "tests/runtime/plan_builder.h"

/// Whole plans out of a seed, for tests and for fuzzing.
namespace zsq::runtime {

/// A whole plan of a few steps of every kind, of small tensors, with one to three outputs.
Plan random_plan(std::uint64_t seed, Manner manner = Manner::hurting);

/// Metadata that fits the plan.
PlanFile random_plan_file(std::uint64_t seed);

/// Pixels that are noise, or extreme everywhere.
std::vector<std::uint8_t> random_pixels(const Plan& plan, std::int64_t images, std::uint64_t seed);

}  // namespace zsq::runtime
