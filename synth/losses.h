#pragma once

#include <torch/types.h>

/// The terms of the loss beside the batch norms' (bnstats/divergence.h). Each is a differentiable scalar that
/// does not grow with the number of images. images: [n, c, h, w], normalised; logits: [n, classes].
namespace zsq::synth {

/// Mean squared difference of neighbouring pixels, in both directions (Mahendran and Vedaldi 2015,
/// section 3.2).
torch::Tensor total_variation(const torch::Tensor& images);

/// total_variation of what each pixel's channels differ from their mean, added up over the channels. Zero for
/// grey images. Photographs have hardly any fine colour (400 times less power above a quarter of a cycle a
/// pixel than plain batch-norm matching leaves), and few batch norms would notice it.
torch::Tensor colour_variation(const torch::Tensor& images);

/// How much the pixels vary in every direction at once: the smaller eigenvalue of the structure tensor (of
/// the differences of neighbours, added up over the channels: Di Zenzo 1986), averaged over windows of 5 x 5
/// pixels and over the windows. Edges and stripes cost nothing, speckle costs all of its power: what batch
/// norms need of high frequencies then lies in edges, as it does in photographs. Zero below 6 x 6 pixels.
torch::Tensor speckle(const torch::Tensor& images);

/// Mean square.
torch::Tensor l2(const torch::Tensor& images);

/// How far each image's channels are from `mean` and `deviation`, both [c]: the mean of both squared
/// differences.
torch::Tensor image_prior(const torch::Tensor& images, const torch::Tensor& mean,
                          const torch::Tensor& deviation);

/// (1 - p)^hardness * cross-entropy, p being the softmax at the label: images that are already sure of their
/// class count less (HAST, Li et al. 2023, equation 6). The factor carries no gradient; 1 - p is clamped from
/// below.
torch::Tensor class_term(const torch::Tensor& logits, const torch::Tensor& labels, double hardness);

/// Minus the mean of max - min over the classes: where no batch norm looks, ranges would come out too small.
torch::Tensor logit_range(const torch::Tensor& logits);

}  // namespace zsq::synth
