// cuda_estimate resnet50|mobilenet_v2|PLAN.zsq [h100|a100|l4] [batch] [images/s]: what each layer would cost
// on a GPU at the least, counted on the interpreter. No GPU is needed, and none was timed. It ends with 6
// where that is less than so many images a second.
#include <cstdio>
#include <exception>
#include <string>

#include "runtime/cuda/session.h"
#include "runtime/plan_file.h"
#include "runtime/step.h"
#include "tests/cuda/shapes.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/ptx/model.h"

namespace zsq {
namespace {

/// A plan, and what its steps are called.
struct Named {
  runtime::Plan plan;
  std::vector<std::string> steps;
};

Named named_plan(const std::string& name) {
  constexpr std::int64_t kSide = 224;
  if (name.ends_with(".zsq")) {
    runtime::PlanFile file = runtime::load_plan(name);
    return {std::move(file.plan), std::move(file.metadata.steps)};
  }
  Named named{runtime::plan_shaped_like(name, kSide), {}};
  for (std::size_t i = 0; i < named.plan.steps.size(); ++i)
    named.steps.push_back(std::to_string(i) + " " + std::string(runtime::kind(named.plan.steps[i])));
  return named;
}

int run(const std::string& network, const std::string& gpu_name, std::int64_t batch, double least) {
  const auto figures = ptx::figures_of(gpu_name);
  if (!figures)
    throw std::invalid_argument("there are figures of h100, a100 and l4, not of '" + gpu_name + "'");
  const Named named = named_plan(network);
  constexpr std::int64_t kMemory = std::int64_t{1} << 36;
  const auto gpu = std::make_shared<ptx::InterpretedGpu>(
      runtime::cuda::modules(),
      ptx::InterpretedGpu::Options{.counts_memory = true,
                                   .sampled_blocks = 6,
                                   .multiprocessors = static_cast<int>(figures->multiprocessors),
                                   .bytes = kMemory});
  const auto session = runtime::cuda::make_session_on(gpu, named.plan);
  std::printf("%s, batch %lld: estimated bounds on %s, from counts; nothing was timed\n", network.c_str(),
              static_cast<long long>(batch), gpu_name.c_str());
  std::printf("%-28s %-34s %8s %12s %6s %8s %9s %9s  %s\n", "layer", "kernel", "blocks", "instructions",
              "mma %", "integer%", "conflicts", "us", "limited by");
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
    std::printf("%-28s %-34s %8llu %12llu %6.1f %8.1f %9llu %9.1f  %s\n", named.steps[launch.step].c_str(),
                launch.kernel.c_str(), static_cast<unsigned long long>(c.blocks),
                static_cast<unsigned long long>(c.instructions), share(c.mma), share(c.integer),
                static_cast<unsigned long long>(c.shared_conflicts), 1e6 * e.seconds, e.limiter);
  }
  const auto images = static_cast<double>(batch);
  std::printf(
      "%zu launches, %.1f us: at most %.0f images/s; %.0f if its %.1f MB an image at %.2f TB/s were all; "
      "estimated\n",
      launches.size(), 1e6 * seconds, images / seconds, images * figures->dram / bytes, bytes / images / 1e6,
      figures->dram / 1e12);
  constexpr int kTarget = 6;
  return images / seconds < least ? kTarget : 0;
}

}  // namespace
}  // namespace zsq

int main(int argc, char** argv) {
  try {
    if (argc < 2)
      throw std::invalid_argument(
          "usage: cuda_estimate resnet50|mobilenet_v2|PLAN.zsq [h100|a100|l4] [batch] [images/s]");
    return zsq::run(argv[1], argc > 2 ? argv[2] : "h100", argc > 3 ? std::stoll(argv[3]) : 256,
                    argc > 4 ? std::stod(argv[4]) : 0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cuda_estimate: %s\n", error.what());
    return 2;
  }
}
