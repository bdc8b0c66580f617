#pragma once

#include <string>
#include <string_view>

#include "runtime/plan_file.h"

/// Integer programs as files that other tools run.
namespace zsq::runtime::exporting {

/// Which tool the file is for: each computes in integers only what it finds written as it expects.
enum class Profile {
  ort,       // ONNX Runtime: uint8 activations, int8 weights per channel, int32 biases, both inputs of sums
             // quantized
  openvino,  // the same with float biases, and what is added to a residual as it is, which is fused
  tensorrt,  // int8 activations with zero point 0, float biases, what is added to a residual as it is
};

std::string_view name(Profile profile);

/// How weights of at most 4 bits are stored: one to a byte, or two (operator set 21), which halves the file
/// but which tools may compute in floats.
enum class NarrowWeights { int8, int4 };

/// The plan as an ONNX model (operator set 13, or 21 with int4 weights) in QDQ form: float operators between
/// QuantizeLinear and DequantizeLinear, which the tool fuses. It takes normalised float images [n, c, h, w],
/// as the network did that the plan was made from, and gives real values; a classifier's are [n, classes].
/// Its weights are the plan's; rounding between layers is the tool's own, so that a value may differ by a
/// step. With tensorrt, activations of an uneven range lose up to one bit, because its zero point is 0.
/// Throws Error (Fault::unsupported) that names the step for what the tool has no form of.
std::string to_onnx(const runtime::PlanFile& file, Profile profile,
                    NarrowWeights narrow = NarrowWeights::int8);

}  // namespace zsq::runtime::exporting
