#pragma once

#include <filesystem>

#include "runtime/plan_file.h"
#include "search/candidates.h"
#include "search/costs.h"

namespace zsq::search {

struct LatencyOptions {
  int threads = 1;
  std::string path = {};             // of cpu_paths(); empty: the best
  std::filesystem::path cache = {};  // folder; empty: nothing is kept
  int rounds = 60;
};

/// Times every layer at every width it may have: for each pair of widths the plan in which all layers have
/// them is run stage by stage, fused as it will be, the plans in turns. What was measured of such stages on
/// this machine before is taken from the cache.
Latency measure_latency(const Candidates& candidates, const Space& space, const Preprocessing& pixels,
                        const LatencyOptions& options, const Progress& told);

/// The whole of one plan: the sum of its stages' least times.
double measured_latency(const runtime::PlanFile& file, const LatencyOptions& options);

}  // namespace zsq::search
