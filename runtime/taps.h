#pragma once

#include <algorithm>
#include <cstdint>

#include "graph/op.h"

namespace zsq::runtime {

/// One side of a Window: how it walks rows or columns.
struct Walk {
  std::int64_t kernel, stride, dilation, before;  // before: padding at the top or left

  /// Where the first tap of an output place lies; negative in the padding.
  constexpr std::int64_t start(std::int64_t place) const { return place * stride - before; }
};

constexpr Walk rows_of(const Window& w) { return {w.kernel.h, w.stride.h, w.dilation.h, w.padding.top}; }
constexpr Walk columns_of(const Window& w) { return {w.kernel.w, w.stride.w, w.dilation.w, w.padding.left}; }

/// The taps of an output place that lie inside the image: [begin, end).
struct Taps {
  std::int64_t begin, end;
  constexpr std::int64_t count() const { return end - begin; }
};

constexpr Taps taps_inside(const Walk& walk, std::int64_t place, std::int64_t extent) {
  const std::int64_t start = walk.start(place);
  const std::int64_t begin = start >= 0 ? 0 : (-start + walk.dilation - 1) / walk.dilation;
  const std::int64_t end = start >= extent ? 0 : (extent - 1 - start) / walk.dilation + 1;
  return {begin, std::clamp(end, begin, std::max(begin, walk.kernel))};
}

}  // namespace zsq::runtime
