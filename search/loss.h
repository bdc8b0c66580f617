#pragma once

#include <vector>

#include <torch/types.h>

#include "graph/preprocessing.h"
#include "quantize/quantized_graph.h"

namespace zsq::search {

/// What integers cost on images, against the float network on the same.
struct Loss {
  double divergence = 0;  // of a classifier: mean KL(float || integer) of the class probabilities; else noise
  double drop = 0;        // of a classifier: share of the images whose class is another
  double noise = 0;       // of the outputs, over their power; of several outputs the sum
};

/// Runs integer programs on a fixed set of images, on this machine's best kernels.
class LossMeter {
 public:
  /// images: [n, c, h, w], normalised; they are brought to pixels first, as programs take them.
  LossMeter(const Graph& prepared, const Preprocessing& pixels, const torch::Tensor& images, int threads);

  Loss of(const quantize::QuantizedGraph& network) const;

  /// The images as programs see them, normalised again, and the float network's outputs: [n, features] each.
  const torch::Tensor& images() const { return images_; }
  const std::vector<torch::Tensor>& wanted() const { return wanted_; }
  bool is_classifier() const { return is_classifier_; }

 private:
  Preprocessing preprocessing_;
  torch::Tensor pixels_;  // [n, h, w, c] uint8
  torch::Tensor images_;
  std::vector<torch::Tensor> wanted_;
  bool is_classifier_;
  int threads_;
};

}  // namespace zsq::search
