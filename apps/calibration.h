#pragma once

#include <string>

#include <torch/types.h>

#include "apps/console.h"
#include "apps/model_source.h"
#include "bnstats/statistics.h"
#include "graph/torch/executor.h"
#include "synth/options.h"

namespace zsq::apps {

/// The images a network is quantized with, and where they came from.
struct Calibration {
  torch::Tensor images;  // [n, c, h, w], normalised
  std::string source;    // "synthesized", "noise", "statistics", or the path of real ones: for the recipe
  double seconds = 0;    // to make or read them
  double seconds_per_100_iterations = 0;
};

/// What decides a synthesis, from synthesis_options().
synth::Options synthesis_from(const Arguments& arguments, const Shape& input);

/// A network whose batch norms images are made from, up to its logits, and what those batch norms remember.
struct Teacher {
  TorchExecutor network;
  std::vector<bnstats::Statistics> stored;
};

/// Throws Error (Fault::unsupported) where the network has no batch norm, or they have been folded.
/// On the device of --device; the status says what is slower there.
Teacher teacher_of(const ModelSource& source, Status& status);

/// Images that match the model's batch-norm statistics; throws Error (Fault::target) when the fit failed.
Calibration synthesize(const ModelSource& source, const synth::Options& options, Status& status);

/// --effort instant: noise with the spectrum of photographs, beside which a network is matched to its batch
/// norms (quantize/from_statistics.h). Throws Error (Fault::usage) where images are asked for, too.
bool is_instant(const Arguments& arguments);
Calibration noise_for_matching(const ModelSource& source, const synth::Options& options);

/// `how`: empty to synthesize; "noise"; a folder of `zsq synth` or its images.safetensors; or a set of
/// pictures, of which `count` are taken at even distances.
Calibration calibration(const std::string& how, const ModelSource& source, const synth::Options& options,
                        Status& status);

}  // namespace zsq::apps
