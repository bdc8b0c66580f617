#pragma once

#include <string>

#include "runtime/plan_file.h"

namespace zsq::runtime::exporting {

/// The integers of a plan as a safetensors file that needs no knowledge of plans. Of each layer LAYER.weight
/// (int8, [out, in / groups, kernel.h, kernel.w]), LAYER.weight_scale (float32, [out]), LAYER.bias (int32,
/// [out], in steps of weight_scale * the scale of what the layer reads); of each activation of at most 8 bits
/// NODE.scale (float32, a scalar) and NODE.zero_point (int32, a scalar): real = scale * (q - zero_point), q
/// signed. __metadata__ has "format" (zsq-integers), "network" and "bits": a JSON object of each layer's and
/// activation's width.
std::string to_safetensors(const PlanFile& file);

}  // namespace zsq::runtime::exporting
