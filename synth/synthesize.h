#pragma once

#include <span>

#include "bnstats/probe.h"
#include "graph/preprocessing.h"
#include "graph/torch/executor.h"
#include "synth/options.h"
#include "synth/progress.h"

namespace zsq::synth {

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
/// (Fault::device) where memory is short; Interrupted where `progress` returned false.
Synthesis synthesize(const TorchExecutor& teacher, std::span<const bnstats::Statistics> stored,
                     const Preprocessing& preprocessing, const Options& options,
                     const ProgressCallback& progress = {});

}  // namespace zsq::synth
