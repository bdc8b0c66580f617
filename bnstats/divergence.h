#pragma once

#include "bnstats/statistics.h"

/// How far the moments of a batch are from those a batch norm remembers. Each function returns a
/// differentiable scalar: zero where they agree, the mean over a layer's living channels, finite whatever the
/// stored variance.
namespace zsq::bnstats {

enum class Distance {
  absolute,  // squared_distance
  relative,  // relative_distance
  kl,        // gaussian_kl
};

/// |dmean|^2 + |ddeviation|^2. On the deviation, not the variance, which lets channels of high variance
/// dominate. (The batch-norm term of DeepInversion, Yin et al. 2020, equation 4, and of ZeroQ, Cai et al.
/// 2020, on deviations.)
torch::Tensor squared_distance(const Moments& batch, const Statistics& stored);

/// The same, both in units of the stored deviation: every channel of every layer counts alike.
torch::Tensor relative_distance(const Moments& batch, const Statistics& stored);

/// KL(batch || stored) between Gaussians (He et al. 2021, Generative Zero-shot Quantization, arXiv
/// 2101.08430).
torch::Tensor gaussian_kl(const Moments& batch, const Statistics& stored);

torch::Tensor distance(Distance kind, const Moments& batch, const Statistics& stored);

}  // namespace zsq::bnstats
