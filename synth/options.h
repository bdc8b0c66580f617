#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "bnstats/divergence.h"
#include "graph/array.h"

namespace zsq::synth {

/// What the loss is made of; a weight of 0 leaves a term out, and its cost too. See losses.h for each.
struct LossWeights {
  double norms = 1;         // >= 0; batch-norm statistics, averaged over the layers
  double classes = 0.01;    // >= 0; hard-sample cross-entropy towards balanced labels
  double variation = 0.01;  // >= 0; total variation
  double colour = 0;        // >= 0; total variation of what a pixel's channels differ from their mean
  double speckle = 0;       // >= 0; power that is the same in every direction
  double l2 = 0;            // >= 0
  double image_prior = 0;   // >= 0; each image's own mean and deviation
  double logit_range = 0;   // >= 0; keeps the range of the logits from being underestimated
};

/// Which of a synthesis' batches are made here: each `of`-th part of them, in order, so that the parts one
/// after another are the whole.
struct Shard {
  int index = 0, of = 1;  // 0 <= index < of <= the number of batches
};

/// Everything that decides the images. Same options, network and machine: same bytes, whatever `threads` is.
struct Options {
  int count = 256;             // images to make, 1..100000; the last batch is whole, what is over is dropped
  int batch = 64;              // images optimised together, 1..4096; their joint statistics are matched
  int steps = 250;             // of Adam for each batch, 1..100000
  double learning_rate = 0.2;  // of Adam, in normalised pixels, > 0; falls to zero along a cosine
  LossWeights weights = {};
  bnstats::Distance distance = bnstats::Distance::relative;
  double hardness = 2;     // gamma of the class term, 0..10; 0: plain cross-entropy
  int grain = 1;           // pixels: side of the finest grain of the noise that images begin as, 1..4096
  int roll = 2;            // each step shifts the images by up to this many pixels, 0..4096
  bool flip = true;        // each step mirrors them left to right, or not
  std::uint64_t seed = 0;  // any
  Shard shard = {};        // not of the recipe: together they make what one makes
  int threads = 0;  // batches made at the same time, each in its own memory, 0..4096; 0: one for each core
};

/// What fits best within a minute or so on two cores, for images of this size: up to 64 x 64 pixels the
/// defaults above, beyond that fewer images in smaller batches. Chosen by the fit to the batch norms alone,
/// never by an accuracy, on ResNet-20, MobileNetV1 and MCUNet: the weight of the classes is as high as it can
/// be without the fit becoming worse than that of real images (0.08 deviations), because without it the
/// logits reach only half of their range. Larger images are kept from fine colour and from speckle, which few
/// batch norms of such networks see (docs/synthesis.md).
Options default_options(const Shape& input);

/// Of all shards together.
int batch_count(const Options& options);

/// Throws Error (Fault::usage) that names the first option outside its range.
void check_options(const Options& options);

/// The recipe: all that decides the images, thus without `threads`.
nlohmann::json to_json(const Options& options);

/// `options` with what a recipe says of them: a JSON object with some of the keys of to_json, as a report has
/// it under "recipe". `who` begins the sentence of the Error (Fault::usage) that is thrown where the text is
/// no such object, or has a key that is none, or a value of another kind; with the nearest key.
Options with_recipe(Options options, std::string_view text, const std::string& who);

}  // namespace zsq::synth
