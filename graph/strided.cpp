#include "graph/strided.h"

#include <algorithm>
#include <limits>

namespace zsq {

std::optional<std::int64_t> count_within(const Strided& t, std::int64_t available) {
  if (std::ranges::find(t.dims, 0) != t.dims.end()) return 0;
  if (t.offset >= available) return std::nullopt;
  std::int64_t total = 1, last = t.offset;  // below `available`, as each step from it, so no sum overflows
  for (std::size_t i = 0; i < t.dims.size(); ++i) {
    const std::int64_t extent = t.dims[i], stride = t.strides[i];
    const bool fits = stride <= available && total <= std::numeric_limits<std::int64_t>::max() / extent &&
                      (extent == 1 || stride <= available / (extent - 1));
    if (!fits) return std::nullopt;
    total *= extent;
    last += (extent - 1) * stride;
    if (last >= available) return std::nullopt;
  }
  return total;
}

bool is_contiguous(const Strided& t) {
  std::int64_t step = 1;
  for (std::size_t i = t.dims.size(); i-- > 0; step *= t.dims[i])
    if (t.dims[i] != 1 && t.strides[i] != step) return false;
  return true;
}

std::string row_major(std::string_view storage, std::size_t width, const Strided& t, std::int64_t count) {
  std::string out;
  out.reserve(static_cast<std::size_t>(count) * width);
  std::vector<std::int64_t> at(t.dims.size());
  std::int64_t position = t.offset;
  for (std::int64_t i = 0; i < count; ++i) {
    out += storage.substr(static_cast<std::size_t>(position) * width, width);
    for (std::size_t d = t.dims.size(); d > 0; --d) {
      position += t.strides[d - 1];
      if (++at[d - 1] < t.dims[d - 1]) break;
      position -= t.strides[d - 1] * t.dims[d - 1];
      at[d - 1] = 0;
    }
  }
  return out;
}

}  // namespace zsq
