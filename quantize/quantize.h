#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "graph/graph.h"
#include "graph/preprocessing.h"
#include "quantize/recipe.h"
#include "quantize/scheme.h"
#include "runtime/plan_file.h"

namespace zsq::quantize {

/// What one step of the quantizer did to the outputs of held-back calibration images: signal to quantization
/// noise, in decibels, against the float network, by float simulation of the program; of several outputs the
/// worst.
struct StepReport {
  std::string name;
  std::optional<double> sqnr_db = {};  // none where there were too few images to hold any back
  bool kept = true;                    // false: it made things worse by more than chance and was undone
  double seconds = 0;
};

/// What the calibration images were used for: steps are fitted on some and judged by the others, then those
/// that were kept are fitted again on all, but where rounding was learned.
struct ImageUse {
  std::int64_t all = 0;
  std::int64_t judged_by = 0;  // of them: every fourth, or none where there are fewer than four
  bool fitted_again = false;   // on all; not where rounding was learned, which takes too long
  bool are_noise = false;      // beside which the network was matched to its batch norms (from_statistics.h)
};

struct Result {
  runtime::PlanFile file;
  std::vector<StepReport> steps;
  ImageUse images;
  double float_sqnr_db = 200;  // of the float network folded and equalized, against it as it was given
  Recipe recipe;  // also in file's metadata; who knows where the images came from adds it to both
  std::vector<std::string> constant_channels;  // "layer: n of m", where weights vanish on their grid
};

/// The steps with their SQNR, and what the images were used for; dead channels.
std::string to_text(const Result& result);

/// {"steps", "image_count", "images_judged_by", "dead_channels", "precision"}
nlohmann::json to_json(const Result& result);

/// Throws as quantize() would of this network and scheme, whatever the images: Error (Fault::unsupported) for
/// what has no integer form, (Fault::usage) for a width out of range or a rule that matches no layer. Takes
/// no longer than folding, so that it comes before images are made.
void check_quantizable(const Graph& graph, const Scheme& scheme);

/// Told the name of each step as it begins, and many times of a long one what it is at. What it throws ends
/// the run, and nothing is left behind.
using Progress = std::function<void(const std::string& step)>;

/// The integer program of a float network. images: [n, c, h, w] float32, normalised as `pixels` says: the
/// calibration set, synthesized or real. Steps: fold batch norms; ranges of activations;
/// weights to nearest; sum-preserving rounding; bias correction; second-order rounding; the same once more on
/// the equalized network; learned rounding; distillation; lower. A step that makes the outputs of images that
/// it was not fitted on worse by more than chance (judge.h) is undone; with fewer than four images none is
/// judged. The same arguments give the same plan. Throws Error as its steps do.
Result quantize(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& images,
                const Scheme& scheme, const Progress& progress = {});

}  // namespace zsq::quantize
