#pragma once

#include <torch/optim/adam.h>
#include <torch/types.h>

#include "synth/checkpoints.h"
#include "synth/pixels.h"

namespace zsq::synth {

/// Adam on what a source of images is made of, its learning rate falling to zero along a cosine; it can stop
/// and go on. The source outlives it.
class Optimiser {
 public:
  Optimiser(Parameterisation& source, double learning_rate, int steps);

  /// step: of `steps`, from 0. loss: a scalar that depends on the source's parameters.
  void step(int step, const torch::Tensor& loss);

  /// The parameters and Adam's memory of them after that many steps; zeros before the first. They share
  /// memory with what the next step changes.
  BatchState state(int steps) const;
  void set_state(const BatchState& state);

 private:
  Parameterisation& source_;
  double learning_rate_;
  int steps_;
  torch::optim::Adam adam_;
};

}  // namespace zsq::synth
