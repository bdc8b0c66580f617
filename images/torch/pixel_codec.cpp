#include "images/torch/pixel_codec.h"

#include <algorithm>

#include <torch/types.h>

#include "graph/check.h"

namespace zsq::images {
namespace {

using torch::Tensor;

struct Normalization {
  Tensor mean, deviation;  // [1, c, 1, 1]
};

Normalization normalization(const Preprocessing& p, std::int64_t channels) {
  const auto fits = [&](const std::vector<double>& v) { return std::ssize(v) == channels; };
  check(fits(p.mean) && fits(p.deviation), Fault::data, "the preprocessing has ", p.mean.size(),
        " means and ", p.deviation.size(), " deviations, images of ", channels,
        " channels need one of each per channel");
  check(std::all_of(p.deviation.begin(), p.deviation.end(), [](double d) { return d > 0; }), Fault::data,
        "a deviation of the preprocessing is not above zero; give the one the network was trained with");
  const auto tensor = [&](const std::vector<double>& v) {
    return torch::tensor(v, torch::kFloat32).reshape({1, channels, 1, 1});
  };
  return {tensor(p.mean), tensor(p.deviation)};
}

}  // namespace

PixelRange pixel_range(const Preprocessing& preprocessing, std::int64_t channels) {
  const Normalization n = normalization(preprocessing, channels);
  return {-n.mean / n.deviation, (1 - n.mean) / n.deviation};
}

Tensor to_tensor(const Pixels& pixels) {
  Tensor tensor = torch::empty({pixels.n, pixels.h, pixels.w, pixels.c}, torch::kUInt8);
  std::ranges::copy(pixels.values, tensor.data_ptr<std::uint8_t>());
  return tensor;
}

Tensor to_pixels(const Tensor& images, const Preprocessing& preprocessing) {
  const Normalization n = normalization(preprocessing, images.size(1));
  const Tensor pixels = (images.detach().cpu() * n.deviation + n.mean) * 255;
  return pixels.round().clamp(0, 255).to(torch::kUInt8).permute({0, 2, 3, 1}).contiguous();
}

Tensor from_pixels(const Tensor& pixels, const Preprocessing& preprocessing) {
  const Normalization n = normalization(preprocessing, pixels.size(3));
  return ((pixels.permute({0, 3, 1, 2}).to(torch::kFloat32) / 255 - n.mean) / n.deviation).contiguous();
}

}  // namespace zsq::images
