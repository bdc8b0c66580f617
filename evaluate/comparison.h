#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "evaluate/accuracy.h"

namespace zsq::evaluate {

/// One integer program of a comparison.
struct ComparisonRow {
  std::string calibration;  // "noise", "synthetic", "real"
  int weight_bits = 8, activation_bits = 8;
  Accuracy accuracy;
  double seconds = 0;  // to make the images and the plan
};

/// The table of the field: one network, quantized with several sets of calibration images to several widths,
/// all measured on the same images.
struct Comparison {
  Accuracy in_float;
  std::vector<ComparisonRow> rows;
  std::string data, real;  // where the images to measure on, and the real ones to calibrate on, came from
  int calibration_images = 0;
  std::uint64_t seed = 0;  // of the synthesized images and the noise
};

/// What `zsq compare` prints, as a table and as JSON.
std::string to_text(const Comparison& comparison);
nlohmann::json to_json(const Comparison& comparison);

/// One line for each row under a line of names (RFC 4180), the float network's first, with calibration
/// "float" and 32 bits. Numbers are as in the JSON.
std::string to_csv(const Comparison& comparison);

}  // namespace zsq::evaluate
