#pragma once

#include "quantize/learned/weight_codes.h"

namespace zsq::quantize {

/// Each weight is a distribution over labels, integers near it: the soft code is the mean of the labels under
/// softmax(beta * u), beta growing from 1 to 100 geometrically, so that the distributions move to corners of
/// the simplex ("Proximal Mean-field for Neural Network Quantization", Ajanthan et al. 2019, algorithm 1: a
/// gradient step on u, then the projection softmax(beta * u), argmax at last). With two labels it is
/// sigmoid(beta * (u_1 - u_0)), AdaRound's without the stretch; for beta towards infinity the sign of that
/// difference, BinaryConnect's.
class ProximalMeanField : public WeightCodes {
 public:
  /// real: [out, taps] float32 in units of the scale. Of the range, `labels` integers (at least 2, at most
  /// all) nearest to each weight are its labels; u begins so that beta = 1 gives a mean near the weight.
  ProximalMeanField(const torch::Tensor& real, CodeRange range, int labels);

  torch::Tensor soft(double progress) const override { return mean(beta(progress)); }
  torch::Tensor penalty(double) const override { return {}; }
  torch::Tensor hard() const override;
  std::vector<torch::Tensor> parameters() const override { return {u_}; }

  /// [out, taps]: the mean label at an inverse temperature.
  torch::Tensor mean(double beta) const;

  /// Of the weights' distributions, in nats, on average: how undecided they are.
  double entropy(double beta) const;

  static double beta(double progress);  // 0..1

 private:
  torch::Tensor first_;  // [out, taps, 1]: each weight's lowest label
  torch::Tensor steps_;  // [labels]: 0, 1, ...
  torch::Tensor u_;      // [out, taps, labels]
};

}  // namespace zsq::quantize
