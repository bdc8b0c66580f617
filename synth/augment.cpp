#include "synth/augment.h"

#include <torch/types.h>

namespace zsq::synth {

torch::Tensor augment(const torch::Tensor& images, int roll, bool flip, torch::Generator generator) {
  // Always three draws, so that an option changes what it says and nothing else.
  const torch::Tensor drawn = torch::randint(0, 1 << 30, {3}, generator, torch::kInt64);
  const auto shift = [&](int i) { return drawn[i].item<std::int64_t>() % (2 * roll + 1) - roll; };
  torch::Tensor out = images;
  if (roll > 0) out = out.roll({shift(0), shift(1)}, {2, 3});
  if (flip && drawn[2].item<std::int64_t>() % 2 == 1) out = out.flip({3});
  return out;
}

}  // namespace zsq::synth
