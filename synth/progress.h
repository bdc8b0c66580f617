#pragma once

#include <cstdint>
#include <functional>

#include "graph/interrupted.h"

namespace zsq::synth {

/// Where a synthesis is. Batches are made side by side, so reports of several batches interleave.
struct Progress {
  int batch, batches;     // batch counts from 0
  int step, steps;        // of this batch; step counts from 1
  std::int64_t done;      // steps of all batches together, of batches * steps
  double loss;            // of this batch, at this step
  double its_per_second;  // steps of all batches together
  double eta_seconds;     // until the last batch is ready
};

/// Told after each step, by one thread at a time; returning false stops the synthesis.
using ProgressCallback = std::function<bool(const Progress&)>;

/// What a stopped synthesis throws: there are no images then.
using zsq::Interrupted;

}  // namespace zsq::synth
