#include "tests/ptx/model.h"

#include <algorithm>
#include <array>

namespace zsq::ptx {
namespace {

// H100 SXM: 4096 MAC a cycle of wgmma, of which mma.sync reaches about 62 % (Luo and others, "Benchmarking
// and Dissecting the Nvidia Hopper GPU Architecture", 2024).
constexpr std::array kGpus{
    GpuFigures{"h100", 132, 1.755e9, 0.62, 4, 2, 3.35e12, 5.5e12, 50e6, 1e-6},
    GpuFigures{"a100", 108, 1.41e9, 0.5, 4, 2, 1.555e12, 4e12, 40e6, 1.2e-6},
    GpuFigures{"l4", 58, 2.04e9, 0.25, 4, 2, 0.3e12, 1.5e12, 48e6, 1e-6},
};

constexpr double kSectorsOfL1 = 4;  // a cycle, of a multiprocessor

}  // namespace

std::optional<GpuFigures> figures_of(std::string_view gpu) {
  for (const GpuFigures& one : kGpus)
    if (gpu == one.name) return one;
  return std::nullopt;
}

Estimate estimate(const GpuFigures& gpu, const runtime::cuda::Launch& launch, const Counters& c) {
  const double busy = std::min(gpu.multiprocessors, static_cast<double>(c.blocks));
  const double cycles = busy * gpu.clock;
  double bytes = 0;
  for (const auto& region : launch.regions) bytes += static_cast<double>(region.bytes);
  const double sectors = 32 * static_cast<double>(c.sectors_read + c.sectors_written);
  const std::array bounds{
      Estimate{static_cast<double>(c.mma) / (gpu.mma_per_cycle * cycles), "mma"},
      Estimate{static_cast<double>(c.instructions) / (gpu.issues * cycles), "issue"},
      Estimate{static_cast<double>(c.integer) / (gpu.integer_issues * cycles), "integer"},
      Estimate{static_cast<double>(c.shared_wavefronts) / cycles, "shared"},
      Estimate{static_cast<double>(c.sectors_loaded) / (kSectorsOfL1 * cycles), "L1"},
      Estimate{sectors / gpu.l2, "L2"},
      Estimate{bytes / (bytes < gpu.l2_bytes ? gpu.l2 : gpu.dram), bytes < gpu.l2_bytes ? "L2" : "DRAM"},
  };
  Estimate most = *std::ranges::max_element(bounds, {}, &Estimate::seconds);
  if (most.seconds < gpu.launch) return {gpu.launch, "launch"};
  return most;
}

}  // namespace zsq::ptx
