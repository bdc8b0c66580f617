#include "synth/spectrum.h"

#include <ATen/ops/fft_fftfreq.h>
#include <ATen/ops/fft_irfft2.h>
#include <ATen/ops/fft_rfft2.h>
#include <ATen/ops/fft_rfftfreq.h>
#include <torch/types.h>

#include "images/torch/pixel_codec.h"

namespace zsq::synth {
namespace {

using torch::Tensor;

/// [h, w / 2 + 1]: cycles a pixel.
Tensor radial_frequency(std::int64_t h, std::int64_t w) {
  return torch::hypot(at::fft_fftfreq(h).unsqueeze(1), at::fft_rfftfreq(w).unsqueeze(0));
}

/// planes: [n, c, h, w]. What lies in [low, high) cycles a pixel of them.
Tensor band(const Tensor& planes, double low, double high) {
  const Tensor f = radial_frequency(planes.size(2), planes.size(3));
  const Tensor kept = at::fft_rfft2(planes) * (f >= low).logical_and(f < high);
  return at::fft_irfft2(kept, std::vector<std::int64_t>{planes.size(2), planes.size(3)});
}

}  // namespace

Spectrum measure_spectrum(const Tensor& images, const Preprocessing& preprocessing) {
  const images::PixelRange range = images::pixel_range(preprocessing, images.size(1));
  const Tensor pixels = (images - range.low) / (range.high - range.low);
  const Tensor grey = pixels.mean(1, /*keepdim=*/true);
  const Tensor rest = pixels - grey;
  Spectrum spectrum;
  const auto least = static_cast<double>(std::min(images.size(2), images.size(3)));
  for (double high = 1, low = 0.25; low >= 4 / least; high = low, low /= 2) {
    spectrum.brightness.push_back(band(grey, low, high).square().mean().item<double>());
    spectrum.colour.push_back(band(rest, low, high).square().sum(1).mean().item<double>());
  }
  return spectrum;
}

}  // namespace zsq::synth
