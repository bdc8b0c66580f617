// cuda_estimate resnet50|mobilenet_v2|PLAN.zsq [h100|a100|l4] [batch]: what the kernels would cost on a GPU
// at the least, counted on the interpreter. No GPU is needed, and none was timed.
#include <cstdio>
#include <exception>
#include <string>

#include "runtime/cuda/session.h"
#include "runtime/plan_file.h"
#include "tests/cuda/shapes.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/ptx/model.h"

namespace zsq {
namespace {

runtime::Plan plan_of(const std::string& name) {
  constexpr std::int64_t kSide = 224;
  return name.ends_with(".zsq") ? runtime::load_plan(name).plan : runtime::plan_shaped_like(name, kSide);
}

int run(const std::string& network, const std::string& gpu_name, std::int64_t batch) {
  const auto figures = ptx::figures_of(gpu_name);
  if (!figures)
    throw std::invalid_argument("there are figures of h100, a100 and l4, not of '" + gpu_name + "'");
  const runtime::Plan plan = plan_of(network);
  constexpr std::int64_t kMemory = std::int64_t{1} << 36;
  const auto gpu = std::make_shared<ptx::InterpretedGpu>(
      runtime::cuda::modules(),
      ptx::InterpretedGpu::Options{.counts_memory = true,
                                   .sampled_blocks = 6,
                                   .multiprocessors = static_cast<int>(figures->multiprocessors),
                                   .bytes = kMemory});
  const auto session = runtime::cuda::make_session_on(gpu, plan);
  std::printf("%s, batch %lld: estimated bounds on %s, from counts; nothing was timed\n", network.c_str(),
              static_cast<long long>(batch), gpu_name.c_str());
  std::printf("%-36s %8s %12s %6s %8s %9s %9s  %s\n", "kernel", "blocks", "instructions", "mma %", "integer%",
              "conflicts", "us", "limited by");
  double seconds = 0, bytes = 0;
  const auto launches = session->launches(batch);
  for (const auto& launch : launches) {
    gpu->launch(launch);
    const ptx::Counters c = gpu->counters();
    const ptx::Estimate e = ptx::estimate(*figures, launch, c);
    seconds += e.seconds;
    for (const auto& region : launch.regions) bytes += static_cast<double>(region.bytes);
    const auto share = [&](std::uint64_t n) {
      return 100.0 * static_cast<double>(n) / static_cast<double>(c.instructions);
    };
    std::printf("%-36s %8llu %12llu %6.1f %8.1f %9llu %9.1f  %s\n", launch.kernel.c_str(),
                static_cast<unsigned long long>(c.blocks), static_cast<unsigned long long>(c.instructions),
                share(c.mma), share(c.integer), static_cast<unsigned long long>(c.shared_conflicts),
                1e6 * e.seconds, e.limiter);
  }
  const auto images = static_cast<double>(batch);
  std::printf(
      "%zu launches, %.1f us: at most %.0f images/s; %.0f if its %.1f MB an image at %.2f TB/s were all; "
      "estimated\n",
      launches.size(), 1e6 * seconds, images / seconds, images * figures->dram / bytes, bytes / images / 1e6,
      figures->dram / 1e12);
  return 0;
}

}  // namespace
}  // namespace zsq

int main(int argc, char** argv) {
  try {
    if (argc < 2)
      throw std::invalid_argument(
          "usage: cuda_estimate resnet50|mobilenet_v2|PLAN.zsq [h100|a100|l4] [batch]");
    return zsq::run(argv[1], argc > 2 ? argv[2] : "h100", argc > 3 ? std::stoll(argv[3]) : 256);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cuda_estimate: %s\n", error.what());
    return 2;
  }
}
