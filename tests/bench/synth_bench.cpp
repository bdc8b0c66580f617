// What a step of synthesis costs with the batch norms fused into one pass, and composed of tensor operations.
//   synth_bench [folder with the networks' .pt files, else ../shared/data/nets]
#include <chrono>
#include <filesystem>

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <torch/optim/adam.h>
#include <torch/types.h>

#include "bnstats/probe.h"
#include "graph/torch/load_model.h"

namespace zsq {
namespace {

/// Everything between two steps of one optimisation, on one thread.
class Run {
 public:
  Run(const TorchExecutor& teacher, std::span<const bnstats::Statistics> stored, int batch,
      bnstats::Pass pass)
      : teacher_(teacher),
        probe_(teacher.graph(), stored, pass),
        images_(start(teacher, batch)),
        adam_({images_}) {}

  /// Forward, divergence and a term on the logits, backward, Adam; returns the seconds it took.
  double step() {
    const auto begin = std::chrono::steady_clock::now();
    probe_.reset();
    const auto logits = teacher_.run(images_, probe_.tap());
    const auto loss = probe_.divergence(bnstats::Distance::relative) + logits.square().mean();
    adam_.zero_grad();
    loss.backward();
    adam_.step();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  static torch::Tensor start(const TorchExecutor& teacher, int batch) {
    const Shape& s = teacher.graph().input_shape();
    const auto noise = torch::randn({batch, s.c, s.h, s.w});
    return noise.contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
  }

  const TorchExecutor& teacher_;
  bnstats::Probe probe_;
  torch::Tensor images_;
  torch::optim::Adam adam_;
};

/// Both within one benchmark, turn by turn, so that whatever else the machine does strikes both. The fastest
/// step counts.
void synthesis_step(benchmark::State& state, const std::filesystem::path& model, int batch) {
  at::set_num_threads(1);
  const TorchExecutor teacher(load_model(model).graph);
  const auto stored = bnstats::stored_statistics(teacher.graph(), torch::kCPU);
  Run composed(teacher, stored, batch, bnstats::Pass::composed);
  Run fused(teacher, stored, batch, bnstats::Pass::fused);
  double composed_seconds = composed.step();
  double fused_seconds = fused.step();
  for (auto _ : state) {
    composed_seconds = std::min(composed_seconds, composed.step());
    fused_seconds = std::min(fused_seconds, fused.step());
  }
  state.counters["composed_s"] = composed_seconds;
  state.counters["fused_s"] = fused_seconds;
  state.counters["ratio"] = composed_seconds / fused_seconds;
}

void add(const std::filesystem::path& folder, const char* name, int batch) {
  const std::filesystem::path model = folder / (std::string(name) + ".pt");
  if (!std::filesystem::exists(model)) return;
  benchmark::RegisterBenchmark(name, synthesis_step, model, batch)->Unit(benchmark::kMillisecond)->MinTime(5);
}

}  // namespace
}  // namespace zsq

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  const std::filesystem::path folder = count > 1 ? arguments[1] : "../shared/data/nets";
  zsq::add(folder, "resnet20_cifar10", 128);
  zsq::add(folder, "mobilenetv1_025_imagenet", 32);
  zsq::add(folder, "mcunet_320kb_imagenet", 32);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
