#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "export/onnx_export.h"
#include "images/pixels.h"

namespace zsq {

/// What another tool made of an exported plan.
struct Ran {
  std::vector<float> values;     // of the first output
  std::vector<std::string> ops;  // that it has made of the model: "QLinearConv"; of OpenVINO "Convolution u8"
};

/// Runs a plan's export on those pictures, with "ort" or "openvino". Requires peers_python().
Ran run_exported(const runtime::PlanFile& file, runtime::exporting::Profile profile, const std::string& tool,
                 const images::Pixels& pixels,
                 runtime::exporting::NarrowWeights narrow = runtime::exporting::NarrowWeights::int8);

/// The integer program's own, as real values.
std::vector<float> run_plan(const runtime::PlanFile& file, const images::Pixels& pixels);

/// Per cent of images of which both say the same class.
double agreement(const std::vector<float>& a, const std::vector<float>& b, std::int64_t images);

}  // namespace zsq
