#include "quantize/batches.h"

#include <algorithm>
#include <vector>

namespace zsq::quantize {

std::vector<torch::Tensor> run_batches(const TorchExecutor& network, const torch::Tensor& images,
                                       const Tap& tap) {
  constexpr std::int64_t kBatch = 32;
  const at::NoGradGuard no_gradients;
  std::vector<std::vector<torch::Tensor>> parts(network.graph().outputs().size());
  for (std::int64_t i = 0; i < images.size(0); i += kBatch) {
    const auto outputs = network.run_all(images.slice(0, i, std::min(i + kBatch, images.size(0))), tap);
    for (std::size_t o = 0; o < outputs.size(); ++o) parts[o].push_back(outputs[o].flatten(1));
  }
  std::vector<torch::Tensor> whole;
  for (const auto& output : parts) whole.push_back(torch::cat(output));
  return whole;
}

}  // namespace zsq::quantize
