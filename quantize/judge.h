#pragma once

#include <optional>
#include <vector>

#include <torch/types.h>

#include "quantize/quantized_graph.h"

namespace zsq::quantize {

/// What a network makes of the images that judge it.
struct Verdict {
  std::vector<torch::Tensor> errors;  // of each output: [n], the squared distance from float, per image
  double sqnr_db = 0;                 // of the worst output, over all images
};

/// Whether the second of two networks is worse than the first by more than chance: in some output, images
/// lose more than allowed_db on average, by more than the standard error of that average (the
/// one-standard-error rule of Breiman et al. 1984, "Classification and Regression Trees", 3.4.3). Each image
/// counts by its own decibels: those whose errors are large anyway would decide alone otherwise. With one
/// image there is no standard error, and any loss counts. So a step that the literature has found to help is
/// not given up for what sixteen images cannot tell.
bool is_worse(const Verdict& before, const Verdict& after, double allowed_db);

/// Judges networks by their outputs on held-back images, by float simulation of the program.
class Judge {
 public:
  /// prepared: the float network. images: [n, c, h, w], normalised; undefined where none are held back.
  Judge(const Graph& prepared, torch::Tensor images);

  /// Nothing where there are no images to judge by.
  std::optional<Verdict> verdict(const QuantizedGraph& q) const;

 private:
  torch::Tensor images_;
  std::vector<torch::Tensor> wanted_;
};

/// Every fourth image judges what the others have fitted; of fewer than four none does.
struct Split {
  torch::Tensor fit, judge;  // judge: undefined where there are too few
};
Split split(const torch::Tensor& images);

}  // namespace zsq::quantize
