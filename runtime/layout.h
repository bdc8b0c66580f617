#pragma once

#include <cstdint>
#include <vector>

#include "runtime/plan.h"

namespace zsq::runtime {

/// What a slot looks like in memory: [n][h][w][channel_stride] of int8, or of int32 where it is wide. The
/// values from the last channel of a place to the first of the next are padding: they may be written, and
/// read as long as no result depends on them.
struct Layout {
  Shape shape;  // of one image
  bool wide = false;
  std::int64_t channel_stride = 0;  // >= shape.c; from a place to the next

  std::int64_t bytes() const {  // of one image
    return shape.h * shape.w * channel_stride * (wide ? 4 : 1);
  }
  bool is_dense() const { return channel_stride == shape.c; }
  bool operator==(const Layout&) const = default;
};

using Layouts = std::vector<Layout>;  // by slot

/// Without padding.
Layouts dense_layouts(const Plan& plan);

}  // namespace zsq::runtime
