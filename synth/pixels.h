#pragma once

#include <vector>

#include <torch/types.h>

#include "images/torch/pixel_codec.h"

namespace zsq::synth {

/// What is optimised, and how images come of it: the pixels themselves, or for instance the latents and
/// weights of a generator. One source makes one batch.
class Parameterisation {
 public:
  virtual ~Parameterisation() = default;

  /// The leaves that the optimiser moves.
  virtual std::vector<torch::Tensor> parameters() = 0;

  /// [n, c, h, w], normalised; differentiable in the parameters.
  virtual torch::Tensor images() = 0;

  /// Called after each step of the optimiser: back to what is allowed.
  virtual void project() = 0;
};

/// The pixels are the parameters, kept within 0..255 (as in ZeroQ, Cai et al. 2020, algorithm 1).
class Pixels : public Parameterisation {
 public:
  /// start: [n, c, h, w], normalised.
  Pixels(const torch::Tensor& start, images::PixelRange range);

  std::vector<torch::Tensor> parameters() override { return {pixels_}; }
  torch::Tensor images() override { return pixels_; }
  void project() override;

 private:
  torch::Tensor pixels_;
  images::PixelRange range_;
};

}  // namespace zsq::synth
