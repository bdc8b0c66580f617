#include "quantize/learned/straight_through.h"

namespace zsq::quantize {

StraightThrough::StraightThrough(const torch::Tensor& real, CodeRange range)
    : range_(range), latent_(real.clamp(range.low - 0.5, range.high + 0.5).detach().requires_grad_()) {}

torch::Tensor StraightThrough::soft(double) const { return latent_ + (hard() - latent_).detach(); }

torch::Tensor StraightThrough::hard() const {
  const torch::NoGradGuard no_gradients;
  return (latent_ + 0.5).floor().clamp(range_.low, range_.high);
}

}  // namespace zsq::quantize
