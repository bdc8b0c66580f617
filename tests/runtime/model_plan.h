#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/plan.h"

/// A second implementation of whole plans, written from the rules and not from runtime/: NCHW, 64-bit
/// integers, whole padded images in place of bounds. For one image.
namespace zsq::runtime::model {

struct Result {
  std::vector<std::vector<std::int64_t>> slots;    // by slot, NHWC as an Observer sees them
  std::vector<std::vector<std::int64_t>> outputs;  // by output, as they are handed out
};

Result run(const Plan& plan, std::span<const std::uint8_t> pixels);

}  // namespace zsq::runtime::model
