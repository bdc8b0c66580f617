#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace zsq::runtime::exporting {

/// A NumPy file (format version 1.0) of float32 values in C order: what other tools' calibration reads.
/// values.size() is the product of dims.
std::string to_npy(std::span<const float> values, const std::vector<std::int64_t>& dims);

}  // namespace zsq::runtime::exporting
