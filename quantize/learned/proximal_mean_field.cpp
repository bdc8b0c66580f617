#include "quantize/learned/proximal_mean_field.h"

#include <cmath>

namespace zsq::quantize {
namespace {

constexpr double kHottest = 1, kColdest = 100;  // beta, first and last
constexpr double kSharpness = 4;                // of a label's first weight against its squared distance

}  // namespace

ProximalMeanField::ProximalMeanField(const torch::Tensor& real, CodeRange range, int labels)
    : first_((real - (labels - 1) / 2.0).round().clamp(range.low, range.high - labels + 1).unsqueeze(2)),
      steps_(torch::arange(labels, torch::kFloat32)) {
  const torch::Tensor distance = real.clamp(range.low, range.high).unsqueeze(2) - (first_ + steps_);
  u_ = (-kSharpness * distance.square()).detach().requires_grad_();
}

torch::Tensor ProximalMeanField::mean(double beta) const {
  return (first_ + (torch::softmax(u_ * beta, 2) * steps_).sum(2, /*keepdim=*/true)).squeeze(2);
}

torch::Tensor ProximalMeanField::hard() const {
  const torch::NoGradGuard no_gradients;
  return (first_.squeeze(2) + u_.argmax(2));
}

double ProximalMeanField::entropy(double beta) const {
  const torch::NoGradGuard no_gradients;
  const torch::Tensor logs = torch::log_softmax(u_ * beta, 2);
  return -(logs.exp() * logs).sum(2).mean().item<double>();
}

double ProximalMeanField::beta(double progress) { return kHottest * std::pow(kColdest / kHottest, progress); }

}  // namespace zsq::quantize
