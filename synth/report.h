#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "synth/spectrum.h"
#include "synth/synthesize.h"

namespace zsq::synth {

/// How well images fit one batch norm, over all images together, dead channels left out.
struct LayerFit {
  std::string name;
  int channels = 0, dead = 0;
  double mean_error = 0;  // mean over channels of |mean - stored mean| / stored deviation
  double std_error = 0;   // mean over channels of |deviation - stored deviation| / stored deviation
};

/// The quality of a set of images, measured without data.
struct Quality {
  std::vector<LayerFit> fit = {};            // in execution order
  double mean_error = 0, std_error = 0;      // mean over the layers
  double confidence = 0;                     // mean over images of a classifier's largest softmax
  std::vector<std::int64_t> histogram = {};  // images per class, by a classifier's first choice
  Spectrum spectrum = {};                    // empty for images below 16 x 16 pixels
};

/// Runs the teacher on the images, `batch` at a time. images: [n, c, h, w], on the CPU.
Quality measure_quality(const TorchExecutor& teacher, std::span<const bnstats::Statistics> stored,
                        const torch::Tensor& images, int batch, int threads);

/// Throws Error (Fault::target) where the images fit no better than noise does, and says by how much.
void check_quality(const Quality& quality);

/// The fit of each batch norm, and what it took to get there.
std::string to_text(const Synthesis& synthesis, const Quality& quality);

/// The keys of `zsq synth --json`; peak_rss_mb is this process's so far.
nlohmann::json to_json(const Synthesis& synthesis, const Quality& quality);

}  // namespace zsq::synth
