#pragma once

#include <span>

#include "bnstats/probe.h"
#include "graph/preprocessing.h"
#include "graph/torch/executor.h"
#include "synth/checkpoints.h"
#include "synth/options.h"
#include "synth/progress.h"

namespace zsq::synth {

/// What goes on beside a synthesis and decides nothing of it.
struct Beside {
  ProgressCallback progress = {};
  const Checkpoints* checkpoints = nullptr;  // to carry on from and to leave behind; none where null
};

/// Of a shard: those of its own batches.
struct Synthesis {
  torch::Tensor images;         // [count, c, h, w] float32, normalised, valid pixels, on the CPU
  torch::Tensor labels;         // [count] int64: the class of a classifier that each image was drawn towards
  std::vector<double> loss;     // after each step, mean over the batches
  double seconds = 0;           // wall clock
  std::int64_t iterations = 0;  // steps of all batches together
};

/// Makes images out of nothing: Adam on pixels that begin as octave_noise, until the statistics at the inputs
/// of the teacher's batch norms are those `stored` there. Batches are independent of each other and made side
/// by side. Same options, same machine: same bytes, whatever the number of threads. Throws Error
/// (Fault::usage) on an option out of range, (Fault::target) where the loss stops being a number,
/// (Fault::device) where memory is short; Interrupted where `progress` returned false. A run that finds its
/// checkpoints makes the bytes that it would have made without having stopped.
Synthesis synthesize(const TorchExecutor& teacher, std::span<const bnstats::Statistics> stored,
                     const Preprocessing& preprocessing, const Options& options, const Beside& beside = {});

}  // namespace zsq::synth
