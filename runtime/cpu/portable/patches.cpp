#include "runtime/cpu/portable/patches.h"

#include <algorithm>

#include "runtime/taps.h"

namespace zsq::runtime::cpu {

std::int64_t Patches::chunk(std::int64_t depth) {
  constexpr std::int64_t kWords = 32768;  // of a core's second-level cache, beside the weights
  constexpr std::int64_t kTile = 8;       // the most places that loops keep in registers
  return std::clamp<std::int64_t>(kWords / depth / kTile * kTile, kTile, 64);
}

Patches::Patches(const Kernel& kernel, std::int32_t in_zero_point, const Layout& in, const Shape& out)
    : window_(kernel.window),
      inputs_(kernel.inputs_per_group),
      depth_(kernel.inputs_per_group * kernel.window.kernel.h * kernel.window.kernel.w),
      out_(out),
      zero_point_(in_zero_point),
      contiguous_(kernel.groups == 1 && kernel.window.dilation.w == 1 && in.is_dense()) {}

void Patches::gather(Grid<const std::int8_t> in, std::int64_t first, std::int64_t count, std::int64_t group,
                     std::int32_t* patches) const {
  const std::int64_t area = out_.h * out_.w;
  Place place{first / area, first % area / out_.w, first % out_.w};
  for (std::int64_t i = 0; i < count; ++i, patches += depth_) {
    gather_place(in, place, group, patches);
    if (++place.x < out_.w) continue;
    place.x = 0;
    if (++place.y < out_.h) continue;
    place.y = 0;
    ++place.n;
  }
}

void Patches::gather_place(Grid<const std::int8_t> in, Place place, std::int64_t group,
                           std::int32_t* patch) const {
  const Walk down = rows_of(window_), across = columns_of(window_);
  const Taps rows = taps_inside(down, place.y, in.shape.h),
             columns = taps_inside(across, place.x, in.shape.w);
  const std::int64_t row_values = across.kernel * inputs_;
  const auto fill = [&](std::int64_t begin, std::int64_t end) {  // taps of the window's current row
    std::fill(patch + begin * inputs_, patch + end * inputs_, zero_point_);
  };
  for (std::int64_t i = 0; i < down.kernel; ++i, patch += row_values) {
    if (i < rows.begin || i >= rows.end || columns.count() == 0) {
      fill(0, across.kernel);
      continue;
    }
    fill(0, columns.begin);
    fill(columns.end, across.kernel);
    const std::int64_t y = down.start(place.y) + i * down.dilation, x = across.start(place.x);
    if (contiguous_) {
      std::copy_n(in.at(place.n, y, x + columns.begin), columns.count() * inputs_,
                  patch + columns.begin * inputs_);
    } else {
      for (std::int64_t j = columns.begin; j < columns.end; ++j)
        std::copy_n(in.at(place.n, y, x + j * across.dilation) + group * inputs_, inputs_,
                    patch + j * inputs_);
    }
  }
}

}  // namespace zsq::runtime::cpu
