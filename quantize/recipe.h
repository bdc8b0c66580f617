#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "quantize/precision.h"
#include "quantize/scheme.h"

namespace zsq::quantize {

/// Where calibration images came from: what the quantizer cannot know of them.
struct ImageOrigin {
  std::string source = "given";  // "synthesized", "noise", or the name of a set
  std::string options = {};      // JSON object of what made them; empty where nothing is known
};

/// Every choice that decided a plan, as the plan keeps it. Nothing of it is of a clock or a machine: the same
/// choices make the same text.
struct Recipe {
  std::string version = {};  // of the program; empty: of nobody's
  Scheme scheme;
  Precision precision;
  ImageOrigin images;
  std::int64_t image_count = 0;
  std::vector<std::string> steps_kept = {}, steps_undone = {};
};

/// Keys: "zsq", "images", "image_options", "image_count", "wbits", "abits", "bits" (rules, as parse_bits
/// reads them), "rounding", "weight-range", "activation-range", "bias-correction", "equalization",
/// "precision", "steps_kept", "steps_undone". Requires that images.options is empty or JSON.
nlohmann::json to_json(const Recipe& recipe);

/// The methods and widths in a line or two.
std::string to_text(const Recipe& recipe);

}  // namespace zsq::quantize
