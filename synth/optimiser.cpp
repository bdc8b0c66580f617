#include "synth/optimiser.h"

#include <cmath>
#include <numbers>

namespace zsq::synth {

using torch::Tensor;

Optimiser::Optimiser(Parameterisation& source, double learning_rate, int steps)
    : source_(source),
      learning_rate_(learning_rate),
      steps_(steps),
      adam_(source.parameters(), torch::optim::AdamOptions(learning_rate)) {}

void Optimiser::step(int step, const Tensor& loss) {
  adam_.zero_grad();
  loss.backward();
  auto& settings = static_cast<torch::optim::AdamOptions&>(adam_.param_groups().front().options());
  settings.lr(learning_rate_ * 0.5 * (1 + std::cos(std::numbers::pi * step / steps_)));
  adam_.step();
  source_.project();
}

BatchState Optimiser::state(int steps) const {
  BatchState state{.step = steps};
  for (const Tensor& p : source_.parameters()) {
    const auto at = adam_.state().find(p.unsafeGetTensorImpl());
    const bool began = at != adam_.state().end();
    const auto* memory = began ? static_cast<const torch::optim::AdamParamState*>(at->second.get()) : nullptr;
    state.parameters.push_back(p.detach());
    state.moments.push_back(began ? memory->exp_avg() : torch::zeros_like(p));
    state.powers.push_back(began ? memory->exp_avg_sq() : torch::zeros_like(p));
  }
  return state;
}

void Optimiser::set_state(const BatchState& state) {
  const torch::NoGradGuard no_grad;
  auto parameters = source_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].copy_(state.parameters[i]);
    auto memory = std::make_unique<torch::optim::AdamParamState>();
    memory->step(state.step);
    memory->exp_avg(state.moments[i].to(parameters[i].device()));
    memory->exp_avg_sq(state.powers[i].to(parameters[i].device()));
    adam_.state()[parameters[i].unsafeGetTensorImpl()] = std::move(memory);
  }
}

}  // namespace zsq::synth
