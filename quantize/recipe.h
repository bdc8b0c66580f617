#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "quantize/precision.h"
#include "quantize/scheme.h"

namespace zsq::quantize {

/// The network that was quantized.
struct ModelOrigin {
  std::string file = {};            // its name, without the folder
  std::string weights_sha256 = {};  // graph/fingerprint.h
};

/// Where calibration images came from: what the quantizer cannot know of them.
struct ImageOrigin {
  std::string source = "given";  // "synthesized", "noise", or the name of a set
  std::string options = {};      // JSON object of what made them; empty where nothing is known
  std::string sha256 = {};       // of their float32 values, [n, c, h, w], normalised
};

/// Every choice that decided a plan, as the plan keeps it. Nothing of it is of a clock or a machine: the same
/// choices make the same text.
struct Recipe {
  std::string version = {};  // of the program; empty: of nobody's
  ModelOrigin model = {};
  Scheme scheme;
  Precision precision;
  ImageOrigin images;
  std::int64_t image_count = 0;
  std::vector<std::string> steps_kept = {}, steps_undone = {};
};

/// Keys: "zsq", "model" ("file", "weights_sha256"), "images", "image_options", "images_sha256",
/// "image_count", "wbits", "abits", "bits" (rules, as parse_bits reads them), "rounding", "learner",
/// "learning-steps" (where it is learned), "seed", "weight-range", "activation-range", "bias-correction",
/// "equalization", "granularity" and "activation-symmetry" (where they are not the default), "precision",
/// "steps_kept", "steps_undone". Requires that images.options is empty or JSON.
nlohmann::json to_json(const Recipe& recipe);

/// The methods and widths in a line or two.
std::string to_text(const Recipe& recipe);

}  // namespace zsq::quantize
