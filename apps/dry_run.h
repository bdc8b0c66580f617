#pragma once

#include "apps/console.h"
#include "apps/model_source.h"
#include "quantize/scheme.h"
#include "synth/options.h"

namespace zsq::apps {

/// What synthesizing would cost. An estimate: a few steps are made and timed at the real batch, times their
/// count.
struct SynthesisCost {
  std::int64_t steps = 0;  // of all batches together
  std::int64_t timed = 0;  // of which so many were made
  double seconds = 0;      // for all of them
  double peak_rss_mb = 0;  // of this process, those steps included
};

/// Throws Error (Fault::unsupported) where the network has no batch norms to make images from, and
/// Interrupted.
SynthesisCost probe_synthesis(const ModelSource& source, const synth::Options& options, Status& status);

/// Seconds that quantizing on `count` images would take. An estimate: it is done on a few images of noise,
/// twice where rounding is learned, by one and by three steps a block, and the difference counts for every
/// step.
double probe_quantization(const ModelSource& source, const quantize::Scheme& scheme, int count,
                          std::uint64_t seed, Status& status);

/// `zsq quantize --dry-run`: what it would cost, on stdout.
void show_cost(const ModelSource& source, const synth::Options& options, const Arguments& arguments,
               Status& status);

}  // namespace zsq::apps
