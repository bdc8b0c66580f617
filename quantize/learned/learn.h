#pragma once

#include <cstdint>
#include <functional>

#include "quantize/learned/learned_network.h"

namespace zsq::quantize {

/// How long and how fast to learn. Learning rates are of Adam, and fall to zero along a cosine.
struct LearnOptions {
  int steps = 200;           // >= 1
  int batch = 32;            // images a step, drawn with replacement, >= 2
  double codes_rate = 0.03;  // of what decides between integers, in their steps
  double scale_rate = 0.01;  // of logarithms of the weights' scales
  double grid_rate = 0.01;   // of logarithms of the activations' scales
  double bias_rate = 0.02;   // of biases, in steps of the layer's output
  double penalty = 1;        // weight of what being between integers costs, the first loss being about 1
  double drop = 0.5;         // QDrop's share, 0..1
  std::uint64_t seed = 0;
};

/// The loss on some images: rows, [n] int64, are their numbers.
using Loss = std::function<torch::Tensor(const torch::Tensor& rows, const Tap& tap, Drop drop)>;

/// Optimises what is open in `network`, for so many images; `part` tells the random numbers of different
/// parts apart. Each step's images are two halves, each on a thread of its own and on LibTorch with one
/// thread, and their gradients are added in order: the result does not depend on how many cores there are.
/// `stop` is asked between steps; what it throws ends the learning.
void learn(LearnedNetwork& network, std::int64_t images, const LearnOptions& options, std::uint64_t part,
           const Loss& loss, const std::function<void()>& stop);

}  // namespace zsq::quantize
