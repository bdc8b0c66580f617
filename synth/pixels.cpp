#include "synth/pixels.h"

#include <torch/types.h>

namespace zsq::synth {

Pixels::Pixels(const torch::Tensor& start, images::PixelRange range)
    : pixels_(start.detach().clone().requires_grad_()), range_(std::move(range)) {}

void Pixels::project() {
  const torch::NoGradGuard no_grad;
  pixels_.clamp_(range_.low, range_.high);
}

}  // namespace zsq::synth
