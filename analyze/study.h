#pragma once

#include <functional>
#include <string>

#include <torch/types.h>

#include "graph/graph.h"
#include "report/study.h"
#include "runtime/plan_file.h"

namespace zsq::analyze {

/// Told what a long study is at. What it throws ends it.
using Progress = std::function<void(const std::string& what, double share)>;

struct StudyOptions {
  std::int64_t batch = 8;  // images at once; changes no figure but in the last digits
  int threads = 1;         // of the integer program
  Progress told = {};
};

/// What becomes of each tensor of an integer program, beside the float network it was made from, on images
/// [n, c, h, w], normalised. Integers are the program's own: all of it run on the cpu, and each step by
/// itself as the reference computes it. Nothing is simulated. The study's advice, plan and images are left to
/// the caller. Throws Error (Fault::data) where the plan is of another network.
report::Study study(const Graph& graph, const runtime::PlanFile& file, const torch::Tensor& images,
                    const StudyOptions& options);

}  // namespace zsq::analyze
