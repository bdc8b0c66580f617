#include "quantize/learned/two_neighbours.h"

#include <cmath>
#include <numbers>

namespace zsq::quantize {
namespace {

constexpr double kLow = -0.1, kHigh = 1.1;  // of the stretched sigmoid
constexpr double kWarmUp = 0.2;             // share of the steps without a penalty
constexpr double kSoft = 20, kSharp = 2;    // beta, first and last

double beta(double progress) {
  const double t = (progress - kWarmUp) / (1 - kWarmUp);
  return kSharp + (kSoft - kSharp) * (1 + std::cos(std::numbers::pi * t)) / 2;
}

}  // namespace

TwoNeighbours::TwoNeighbours(const torch::Tensor& real, CodeRange range)
    : below_(real.floor().clamp(range.low, range.high - 1)) {
  const torch::Tensor h = (real - below_).clamp(0, 1);
  v_ = torch::logit((h - kLow) / (kHigh - kLow)).detach().requires_grad_();
}

torch::Tensor TwoNeighbours::up() const { return (torch::sigmoid(v_) * (kHigh - kLow) + kLow).clamp(0, 1); }

torch::Tensor TwoNeighbours::soft(double) const { return below_ + up(); }

torch::Tensor TwoNeighbours::penalty(double progress) const {
  if (progress < kWarmUp) return {};
  return (1 - (2 * up() - 1).abs().pow(beta(progress))).mean();
}

torch::Tensor TwoNeighbours::hard() const {
  const torch::NoGradGuard no_gradients;
  return below_ + (v_ >= 0).to(torch::kFloat32);
}

}  // namespace zsq::quantize
