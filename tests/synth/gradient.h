#pragma once

#include <functional>

#include <torch/types.h>

namespace zsq::synth {

/// The largest difference between the gradient of f at x and central differences, over the largest entry of
/// the gradient. f: a tensor of float64 to a scalar, smooth at x.
inline double gradient_error(const std::function<torch::Tensor(const torch::Tensor&)>& f,
                             const torch::Tensor& x) {
  constexpr double kStep = 1e-5;
  const torch::Tensor at = x.detach().clone().to(torch::kFloat64).requires_grad_();
  f(at).backward();
  const torch::Tensor moved = at.detach().clone();
  const torch::Tensor flat = moved.flatten();  // a view: writing to it moves `moved`
  torch::Tensor expected = torch::empty_like(flat);
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    const double value = flat[i].item<double>();
    flat[i] = value + kStep;
    const double above = f(moved).item<double>();
    flat[i] = value - kStep;
    const double below = f(moved).item<double>();
    flat[i] = value;
    expected[i] = (above - below) / (2 * kStep);
  }
  const torch::Tensor gradient = at.grad().flatten();
  return ((gradient - expected).abs().max() / expected.abs().max().clamp_min(1e-12)).item<double>();
}

}  // namespace zsq::synth
