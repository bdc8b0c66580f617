#pragma once

#include <span>

#include "graph/op.h"

namespace zsq {

/// Output extents of a window over an h x w image, floor mode; 0 where the window does not fit.
Size2 window_output(const Window& window, std::int64_t h, std::int64_t w);

/// One image of positive extents, none beyond limits.h.
bool is_within_limits(const Shape& shape);

/// The shape of op's output, given those of its inputs (n == 1). Throws Error (Fault::model) where the number
/// of inputs or their shapes do not fit the op, or a parameter has the wrong size or one beyond limits.h.
Shape output_shape(const Op& op, std::span<const Shape> inputs);

}  // namespace zsq
