#include "samples/train/train.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <torch/csrc/jit/runtime/graph_executor.h>

#include "images/torch/pixel_codec.h"
#include "samples/shapes/render.h"

namespace zsq::samples {
namespace {

/// Stochastic gradient descent (Sutskever et al. 2013, Nesterov's momentum).
class Descent {
 public:
  Descent(const torch::jit::Module& net, const Recipe& recipe) : recipe_(recipe) {
    for (torch::Tensor parameter : net.parameters()) {
      parameters_.push_back(parameter.requires_grad_());
      velocities_.push_back(torch::zeros_like(parameter));
    }
  }

  /// Follows the gradients that the parameters hold, and clears them.
  void step(double learning_rate) {
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      torch::Tensor& parameter = parameters_[i];
      torch::Tensor gradient = parameter.grad();
      if (parameter.dim() > 1) gradient.add_(parameter, recipe_.weight_decay);
      velocities_[i].mul_(recipe_.momentum).add_(gradient);
      parameter.sub_(gradient.add(velocities_[i], recipe_.momentum), learning_rate);
      parameter.mutable_grad().reset();
    }
  }

 private:
  Recipe recipe_;
  std::vector<torch::Tensor> parameters_, velocities_;
};

/// progress: 0..1, the share of the training that is done.
double learning_rate(const Recipe& recipe, double progress) {
  const double warm = 1.0 / recipe.epochs;
  if (progress <= warm) return recipe.learning_rate * progress / warm;
  return recipe.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * (progress - warm) / (1 - warm)));
}

/// Mirrors a batch left to right, top to bottom, both or not: no class changes.
torch::Tensor mirrored(const torch::Tensor& images, std::int64_t choice) {
  std::vector<std::int64_t> dims;
  if (choice % 2 == 1) dims.push_back(2);
  if (choice / 2 == 1) dims.push_back(3);
  return dims.empty() ? images : images.flip(dims);
}

/// Channels last trains in two thirds of the time.
void lay_out(const torch::jit::Module& net, torch::MemoryFormat format) {
  for (torch::Tensor parameter : net.parameters())
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(format));
}

}  // namespace

Preprocessing shapes_preprocessing() { return {.mean = {0.45, 0.45, 0.45}, .deviation = {0.25, 0.25, 0.25}}; }

LabelledImages rendered_images(std::int64_t count, std::uint64_t seed) {
  ShapeSet set = render_set(count, seed);
  const torch::Tensor pixels =
      torch::from_blob(set.pixels.data(), {count, kShapeSide, kShapeSide, 3}, torch::kUInt8);
  return {images::from_pixels(pixels, shapes_preprocessing()),
          torch::tensor(at::ArrayRef<int>(set.labels), torch::kInt64)};
}

void train(torch::jit::Module& net, const LabelledImages& set, const Recipe& recipe,
           torch::Generator generator, const EpochCallback& epoch_done) {
  const torch::jit::GraphOptimizerEnabledGuard plain(false);  // autograd then sees single operators
  net.train();
  lay_out(net, torch::MemoryFormat::ChannelsLast);
  Descent descent(net, recipe);
  const std::int64_t batches = set.images.size(0) / recipe.batch, steps = batches * recipe.epochs;
  for (int epoch = 0; epoch < recipe.epochs; ++epoch) {
    const torch::Tensor order = torch::randperm(batches * recipe.batch, generator, torch::kInt64);
    const torch::Tensor mirrors = torch::randint(0, 4, {batches}, generator, torch::kInt64);
    double sum = 0;
    for (std::int64_t i = 0; i < batches; ++i) {
      const torch::Tensor chosen = order.narrow(0, i * recipe.batch, recipe.batch);
      const torch::Tensor images =
          mirrored(set.images.index_select(0, chosen), mirrors[i].item<std::int64_t>())
              .contiguous(torch::MemoryFormat::ChannelsLast);
      const torch::Tensor logits = net.forward({images}).toTensor();
      const torch::Tensor loss = at::cross_entropy_loss(logits, set.labels.index_select(0, chosen));
      loss.backward();
      descent.step(
          learning_rate(recipe, static_cast<double>(epoch * batches + i + 1) / static_cast<double>(steps)));
      sum += loss.item<double>();
    }
    epoch_done(epoch + 1, sum / static_cast<double>(batches));
  }
  net.eval();
  lay_out(net, torch::MemoryFormat::Contiguous);
}

double accuracy(torch::jit::Module& net, const LabelledImages& set) {
  const torch::NoGradGuard no_grad;
  std::int64_t right = 0;
  constexpr std::int64_t kBatch = 250;
  for (std::int64_t begin = 0; begin < set.images.size(0); begin += kBatch) {
    const std::int64_t count = std::min(kBatch, set.images.size(0) - begin);
    const torch::Tensor logits = net.forward({set.images.narrow(0, begin, count)}).toTensor();
    right += logits.argmax(1).eq(set.labels.narrow(0, begin, count)).sum().item<std::int64_t>();
  }
  return static_cast<double>(right) / static_cast<double>(set.images.size(0));
}

}  // namespace zsq::samples
