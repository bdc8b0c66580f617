#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/cuda/gpu.h"
#include "tests/ptx/launch.h"

namespace zsq::ptx {

/// What bounds the time of a kernel on a GPU, from its makers' figures.
struct GpuFigures {
  const char* name;
  double multiprocessors, clock;  // Hz
  double mma_per_cycle;           // m16n8k32 of s8, of a multiprocessor, by mma.sync
  double issues, integer_issues;  // warp instructions a cycle, of a multiprocessor
  double dram, l2;                // bytes a second
  double l2_bytes;
  double launch;  // seconds between two kernels of a graph
};
std::optional<GpuFigures> figures_of(std::string_view gpu);  // "h100", "a100", "l4"

/// A lower bound of the time of a launch, and what makes it. An estimate: it knows nothing of latencies, and
/// PTX is not what the GPU runs in the end.
struct Estimate {
  double seconds = 0;
  const char* limiter = "";
};
Estimate estimate(const GpuFigures& gpu, const runtime::cuda::Launch& launch, const Counters& counters);

}  // namespace zsq::ptx
