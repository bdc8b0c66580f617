#include "quantize/learned/learn.h"

#include <cmath>
#include <numbers>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/optim/adam.h>

#include "graph/torch/parallel_batches.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;
using torch::optim::AdamOptions;
using torch::optim::OptimizerParamGroup;

constexpr int kHalves = 2;

/// Adam with a learning rate for each kind of parameter.
class Optimiser {
 public:
  Optimiser(const Parameters& parameters, const LearnOptions& o)
      : rates_{o.codes_rate, o.scale_rate, o.bias_rate, o.grid_rate},
        adam_(groups(parameters), AdamOptions()) {}

  void begin(double progress) {
    const double share = (1 + std::cos(std::numbers::pi * progress)) / 2;
    for (std::size_t g = 0; g < rates_.size(); ++g)
      static_cast<AdamOptions&>(adam_.param_groups()[g].options()).lr(rates_[g] * share);
    adam_.zero_grad();
  }

  void end() { adam_.step(); }

 private:
  static std::vector<OptimizerParamGroup> groups(const Parameters& p) {
    std::vector<OptimizerParamGroup> all;
    for (const auto* kind : {&p.codes, &p.scales, &p.biases, &p.grids})
      all.emplace_back(*kind, std::make_unique<AdamOptions>());
    return all;
  }

  std::vector<double> rates_;
  torch::optim::Adam adam_;
};

/// The gradients of one half's loss to what is effective.
std::vector<Tensor> gradients(const LearnedNetwork& network, const Effective& effective, const Tensor& rows,
                              Drop drop, const Loss& loss) {
  Effective leaves;
  for (const Tensor& t : effective) leaves.push_back(t.detach().requires_grad_());
  return torch::autograd::grad({loss(rows, network.tap(leaves, drop), drop)}, leaves, {}, {},
                               /*create_graph=*/false, /*allow_unused=*/true);
}

/// The gradient of all halves' mean loss to what is learnt.
void backward(const LearnedNetwork& network, double progress, const Tensor& rows, Drop drop,
              const Loss& loss) {
  const Effective effective = network.effective(progress);
  const auto halves = rows.chunk(kHalves);
  std::vector<std::vector<Tensor>> parts(halves.size());
  parallel_batches(static_cast<int>(halves.size()), kHalves, [&](int half, const BatchEnds&) {
    const auto h = static_cast<std::size_t>(half);
    const Drop own{drop.share, drop.seed ^ (0x68E31DA4U * static_cast<std::uint32_t>(half))};
    parts[h] = gradients(network, effective, halves[h], own, loss);
  });
  std::vector<Tensor> roots, sums;
  for (std::size_t i = 0; i < effective.size(); ++i) {
    Tensor sum;
    for (const auto& part : parts)
      if (part[i].defined()) sum = sum.defined() ? sum + part[i] : part[i];
    if (!sum.defined()) continue;
    roots.push_back(effective[i]);
    sums.push_back(sum / static_cast<double>(halves.size()));
  }
  torch::autograd::backward(roots, sums);
}

}  // namespace

void learn(LearnedNetwork& network, std::int64_t images, const LearnOptions& options, std::uint64_t part,
           const Loss& loss, const std::function<void()>& stop) {
  const torch::AutoGradMode with_gradients(true);  // whatever the caller's mode is
  Optimiser optimiser(network.parameters(), options);
  auto generator = at::make_generator<at::CPUGeneratorImpl>(options.seed * 0x9E3779B97F4A7C15U + part);
  for (int step = 0; step < options.steps; ++step) {
    if (stop) stop();
    const double progress = static_cast<double>(step) / options.steps;
    optimiser.begin(progress);
    const Tensor rows = torch::randint(0, images, {options.batch}, generator, torch::kInt64);
    const auto seed = static_cast<std::uint32_t>(options.seed) * 0x85EBCA6BU +
                      static_cast<std::uint32_t>(step) * 0x27D4EB2FU;
    backward(network, progress, rows, {options.drop, seed}, loss);
    if (const Tensor penalty = network.penalty(progress); penalty.defined())
      (penalty * options.penalty).backward();
    optimiser.end();
  }
}

}  // namespace zsq::quantize
