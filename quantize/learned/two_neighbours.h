#pragma once

#include "quantize/learned/weight_codes.h"

namespace zsq::quantize {

/// Each weight goes up or down: code = floor(w / scale) + h(v), h a sigmoid stretched to [-0.1, 1.1] and cut
/// off at 0 and 1, and a penalty 1 - |2h - 1|^beta that makes it decide, beta falling from 20 to 2 after a
/// fifth of the steps ("Up or Down?", Nagel et al. 2020, equations 21 to 25). The integers below are frozen
/// while the scale is learnt beside them (Jeon et al. 2023, "Genie", 3.3).
class TwoNeighbours : public WeightCodes {
 public:
  /// real: [out, taps] float32 weights in units of the scale; what is outside the range is at its end.
  TwoNeighbours(const torch::Tensor& real, CodeRange range);

  torch::Tensor soft(double progress) const override;
  torch::Tensor penalty(double progress) const override;
  torch::Tensor hard() const override;
  std::vector<torch::Tensor> parameters() const override { return {v_}; }

 private:
  torch::Tensor up() const;  // h(v)

  torch::Tensor below_, v_;
};

}  // namespace zsq::quantize
