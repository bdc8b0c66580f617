#pragma once

#include <torch/types.h>

#include "report/study.h"

namespace zsq::analyze {

/// Gathers how values lie, batch by batch, so that memory does not grow with the images.
class SpreadMeter {
 public:
  /// values: [n, c, h, w].
  void add(const torch::Tensor& values);

  report::Spread spread() const;
  torch::Tensor variance() const;  // [c]

 private:
  torch::Tensor low_, high_;  // [c], float64
  torch::Tensor sums_;        // [4, c]: of the first four powers
  std::int64_t count_ = 0;    // values of one channel
};

/// Of a layer's weights, [out][...]: a channel is an output channel.
report::Spread spread_of_weights(const torch::Tensor& weights);

}  // namespace zsq::analyze
