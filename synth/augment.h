#pragma once

#include <torch/types.h>

namespace zsq::synth {

/// images shifted around their borders by up to `roll` pixels in both directions, and mirrored left to right
/// half of the time: all images of a batch alike, drawn anew at each call from `generator` (the jitter of
/// DeepInversion, Yin et al. 2020). Differentiable.
torch::Tensor augment(const torch::Tensor& images, int roll, bool flip, torch::Generator generator);

}  // namespace zsq::synth
