#pragma once

#include <functional>

#include <torch/script.h>

#include "graph/preprocessing.h"

namespace zsq::samples {

struct LabelledImages {
  torch::Tensor images;  // [n, 3, h, w] float32, normalised
  torch::Tensor labels;  // [n] int64
};

/// How the pixels of the shapes data set become a network's input.
Preprocessing shapes_preprocessing();

/// The first `count` images of the shapes data set of that seed.
LabelledImages rendered_images(std::int64_t count, std::uint64_t seed);

/// Stochastic gradient descent with Nesterov's momentum; the learning rate rises during the first epoch and
/// falls to zero along a cosine.
struct Recipe {
  int epochs = 12;
  int batch = 64;
  double learning_rate = 0.1;  // the highest
  double momentum = 0.9;
  double weight_decay = 5e-4;  // of weights, not of biases and batch norms
};

/// Told the mean loss after each epoch, which counts from 1.
using EpochCallback = std::function<void(int epoch, double loss)>;

/// Trains in place, and leaves the module in evaluation mode.
void train(torch::jit::Module& net, const LabelledImages& set, const Recipe& recipe,
           torch::Generator generator, const EpochCallback& epoch_done);

/// The share of images whose largest logit is their label's. Requires evaluation mode.
double accuracy(torch::jit::Module& net, const LabelledImages& set);

}  // namespace zsq::samples
