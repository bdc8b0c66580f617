#pragma once

#include <vector>

#include <torch/types.h>

namespace zsq::quantize {

/// Integers for a layer's weights, as something that can be learnt. Progress goes from 0 to 1 over the steps
/// of optimisation.
class WeightCodes {
 public:
  virtual ~WeightCodes() = default;

  /// [out, taps] float32 in units of the scale, with gradients: between integers at first, on them at last.
  virtual torch::Tensor soft(double progress) const = 0;

  /// What being between integers costs, a mean over the weights, of the order of 1 at most; undefined where
  /// nothing is to be paid (yet).
  virtual torch::Tensor penalty(double progress) const = 0;

  /// [out, taps] float32: the integers themselves.
  virtual torch::Tensor hard() const = 0;

  virtual std::vector<torch::Tensor> parameters() const = 0;
};

/// The integers that codes may take.
struct CodeRange {
  int low = -127, high = 127;
};

}  // namespace zsq::quantize
