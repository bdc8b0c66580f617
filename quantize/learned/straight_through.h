#pragma once

#include "quantize/learned/weight_codes.h"

namespace zsq::quantize {

/// Each weight has a real number behind it, whose nearest integer it is, and gradients pass to that number
/// straight through inside the range (BinaryConnect, Courbariaux et al. 2015). Integers from the first step
/// to the last, and none too far away to be reached.
class StraightThrough : public WeightCodes {
 public:
  /// real: [out, taps] float32 in units of the scale.
  StraightThrough(const torch::Tensor& real, CodeRange range);

  torch::Tensor soft(double progress) const override;
  torch::Tensor penalty(double) const override { return {}; }
  torch::Tensor hard() const override;
  std::vector<torch::Tensor> parameters() const override { return {latent_}; }

 private:
  CodeRange range_;
  torch::Tensor latent_;
};

}  // namespace zsq::quantize
