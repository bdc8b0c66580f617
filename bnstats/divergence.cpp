#include "bnstats/divergence.h"

#include <torch/types.h>

#include "graph/check.h"

namespace zsq::bnstats {
namespace {

using torch::Tensor;

/// Mean over the channels that live; zero where none does.
Tensor mean_alive(const Tensor& per_channel, const Statistics& stored) {
  return (per_channel * stored.alive).sum() / std::max(1, stored.channels() - stored.dead);
}

Tensor deviation(const Moments& batch, const Statistics& stored) {
  return (batch.variance + stored.epsilon).sqrt();
}

}  // namespace

Tensor squared_distance(const Moments& batch, const Statistics& stored) {
  return mean_alive(
      (batch.mean - stored.mean).square() + (deviation(batch, stored) - stored.deviation()).square(), stored);
}

Tensor relative_distance(const Moments& batch, const Statistics& stored) {
  const Tensor unit = stored.deviation();
  return mean_alive(
      ((batch.mean - stored.mean) / unit).square() + (deviation(batch, stored) / unit - 1).square(), stored);
}

Tensor gaussian_kl(const Moments& batch, const Statistics& stored) {
  // Both variances carry epsilon, so neither the logarithm nor the quotient can leave the finite numbers.
  const Tensor ratio = (batch.variance + stored.epsilon) / (stored.variance + stored.epsilon);
  const Tensor shift = (batch.mean - stored.mean).square() / (stored.variance + stored.epsilon);
  return mean_alive(0.5 * (ratio - 1 - ratio.log() + shift), stored);
}

Tensor distance(Distance kind, const Moments& batch, const Statistics& stored) {
  switch (kind) {
    case Distance::absolute: return squared_distance(batch, stored);
    case Distance::relative: return relative_distance(batch, stored);
    case Distance::kl: return gaussian_kl(batch, stored);
  }
  fail(Fault::usage, "unknown distance");
}

}  // namespace zsq::bnstats
