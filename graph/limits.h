#pragma once

#include <cstdint>

/// How large the parts of a network may be, for the importers and the plan verifier alike: what a plan may
/// not hold is refused when the model is read.
namespace zsq {

/// Rows and columns of an image, and kernels, strides, dilations and paddings. Pictures are smaller; the
/// reach of a kernel, dilation * (kernel - 1) + 1, stays within an int, and a kernel may cover its image.
inline constexpr int kMaxSide = 1 << 14;

/// Channels, features and classes. The product of a kernel's area and its inputs, 2^(14 + 14 + 24), and of
/// any two extents is far from overflow.
inline constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;

/// Values of one image in one tensor: what 32 bits can number. Larger tensors exceed the memory of every
/// machine that runs a network.
inline constexpr std::int64_t kMaxValues = std::int64_t{1} << 31;

}  // namespace zsq
