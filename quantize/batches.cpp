#include "quantize/batches.h"

#include <algorithm>
#include <vector>

namespace zsq::quantize {

torch::Tensor run_batches(const TorchExecutor& network, const torch::Tensor& images, const Tap& tap) {
  constexpr std::int64_t kBatch = 32;
  const at::NoGradGuard no_gradients;
  std::vector<torch::Tensor> outputs;
  for (std::int64_t i = 0; i < images.size(0); i += kBatch)
    outputs.push_back(network.run(images.slice(0, i, std::min(i + kBatch, images.size(0))), tap).flatten(1));
  return torch::cat(outputs);
}

}  // namespace zsq::quantize
