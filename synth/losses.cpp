#include "synth/losses.h"

#include <torch/types.h>

namespace zsq::synth {

using torch::Tensor;

Tensor total_variation(const Tensor& images) {
  const auto neighbours = [&](int dim) {
    const auto extent = images.size(dim) - 1;
    return extent == 0 ? torch::zeros({}, images.options())
                       : (images.narrow(dim, 1, extent) - images.narrow(dim, 0, extent)).square().mean();
  };
  return neighbours(2) + neighbours(3);
}

Tensor colour_variation(const Tensor& images) {
  const Tensor colour = images - images.mean(1, /*keepdim=*/true);
  return total_variation(colour) * static_cast<double>(images.size(1));
}

Tensor speckle(const Tensor& images) {
  constexpr std::int64_t kWindow = 5;
  constexpr std::int64_t kPlaces = 8;  // an image is looked at in 8 x 8 places
  constexpr double kTiny = 1e-8;       // the square root has no derivative at zero
  const std::int64_t h = images.size(2) - 1, w = images.size(3) - 1;
  if (h < kWindow || w < kWindow) return torch::zeros({}, images.options());
  const Tensor corner = images.narrow(2, 0, h).narrow(3, 0, w);
  const Tensor x = images.narrow(2, 0, h).narrow(3, 1, w) - corner;
  const Tensor y = images.narrow(2, 1, h).narrow(3, 0, w) - corner;
  const auto windows = [&](const Tensor& product) {
    return torch::avg_pool2d(product.sum(1, /*keepdim=*/true), kWindow, /*stride=*/2);
  };
  const Tensor xx = windows(x * x), yy = windows(y * y), xy = windows(x * y);
  const Tensor smaller = 0.5 * (xx + yy) - (0.25 * (xx - yy).square() + xy.square() + kTiny).sqrt();
  const Tensor places = torch::adaptive_avg_pool2d(smaller, {kPlaces, kPlaces});
  return (places.square().mean() + kTiny).sqrt();
}

Tensor l2(const Tensor& images) { return images.square().mean(); }

Tensor image_prior(const Tensor& images, const Tensor& mean, const Tensor& deviation) {
  constexpr double kTiny = 1e-8;  // the square root has no derivative at zero
  const Tensor own_mean = images.mean({2, 3});
  const Tensor own_deviation = (images.var({2, 3}, /*unbiased=*/false) + kTiny).sqrt();
  return (own_mean - mean).square().mean() + (own_deviation - deviation).square().mean();
}

Tensor class_term(const Tensor& logits, const Tensor& labels, double hardness) {
  constexpr double kSurest = 1e-3;  // the smallest 1 - p that still counts
  const Tensor log_p = torch::log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1);
  const Tensor factor = (1 - log_p.detach().exp()).clamp(kSurest, 1).pow(hardness);
  return -(factor * log_p).mean();
}

Tensor logit_range(const Tensor& logits) { return -(logits.amax(1) - logits.amin(1)).mean(); }

}  // namespace zsq::synth
