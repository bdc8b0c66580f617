#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/plan_file.h"

namespace zsq::runtime::exporting {

/// What a layer of a plan computes with, in reals: output o is the sum of input * weight * scale[o], plus
/// bias[o] * scale[o] * input_scale.
struct LayerNumbers {
  std::string name;  // of its step, which is the network's node
  int bits = 8;
  std::vector<std::int64_t> dims;   // [out, in / groups, kernel.h, kernel.w]
  std::vector<std::int8_t> weight;  // in that order, symmetric
  std::vector<double> scale;        // of the weight, one per output, positive
  std::vector<std::int32_t> bias;   // one per output, without what the input's zero point adds
  double input_scale = 1;           // of what it reads
  const Window* window = nullptr;   // the plan's
  int groups = 1;
};

/// Of a step that is a convolution or a linear layer; none for others. A channel that the plan holds to be
/// constant zero has weights of 0. Throws Error (Fault::unsupported) where a bias fits no int32 without its
/// zero point.
std::optional<LayerNumbers> layer_numbers(const PlanFile& file, std::size_t step);

}  // namespace zsq::runtime::exporting
