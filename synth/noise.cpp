#include "synth/noise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/types.h>

#include "graph/check.h"
#include "images/torch/pixel_codec.h"

namespace zsq::synth {
namespace {

/// SplitMix64 (Steele, Lea and Flood 2014): neighbouring seeds give unrelated values.
std::uint64_t mixed(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

}  // namespace

torch::Generator batch_generator(std::uint64_t seed, int batch) {
  return at::make_generator<at::CPUGeneratorImpl>(mixed(mixed(seed) + static_cast<std::uint64_t>(batch)));
}

torch::Tensor noise(int n, const Shape& image, const Preprocessing& preprocessing,
                    torch::Generator generator) {
  const images::PixelRange range = images::pixel_range(preprocessing, image.c);
  const auto drawn = torch::randn({n, image.c, image.h, image.w}, std::move(generator), torch::kFloat32);
  return drawn.clamp(range.low, range.high);
}

torch::Tensor octave_noise(int n, const Shape& image, const Preprocessing& preprocessing,
                           torch::Generator generator, int grain) {
  torch::Tensor sum = torch::zeros({n, image.c, image.h, image.w});
  int octaves = 0;
  const std::int64_t least = std::min(image.h, image.w);
  for (std::int64_t factor = 1; factor <= least; factor *= 2) {
    if (factor < grain && 2 * factor <= least) continue;
    ++octaves;
    const std::vector<std::int64_t> small{(image.h + factor - 1) / factor, (image.w + factor - 1) / factor};
    const auto drawn = torch::randn({n, image.c, small[0], small[1]}, generator, torch::kFloat32);
    const std::vector<std::int64_t> full{image.h, image.w};
    const auto large = torch::upsample_bilinear2d(drawn, full, /*align_corners=*/false);
    sum += large / large.std();
  }
  const images::PixelRange range = images::pixel_range(preprocessing, image.c);
  return (sum / std::sqrt(octaves)).clamp(range.low, range.high);
}

torch::Tensor noise_images(const Graph& graph, const Preprocessing& preprocessing, int count,
                           std::uint64_t seed) {
  check(count >= 1, Fault::usage, "count is ", count, ", at least one image is needed");
  return noise(count, graph.input_shape(), preprocessing, batch_generator(seed, 0));
}

}  // namespace zsq::synth
