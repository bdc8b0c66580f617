#include "evaluate/torch/predict_float.h"

#include <torch/types.h>

#include "images/torch/pixel_codec.h"

namespace zsq::evaluate {

Predictions predict(const TorchExecutor& network, const EvaluationSet& set) {
  const at::NoGradGuard no_gradients;
  return predict(set, class_count(network.graph()), [&](const images::Pixels& pixels) {
    const torch::Tensor input = images::from_pixels(images::to_tensor(pixels), set.preprocessing);
    const torch::Tensor logits = network.run(input).flatten(1).to(torch::kFloat64).contiguous();
    return std::vector<double>(logits.data_ptr<double>(), logits.data_ptr<double>() + logits.numel());
  });
}

}  // namespace zsq::evaluate
