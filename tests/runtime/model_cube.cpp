#include "tests/runtime/model_cube.h"

namespace zsq::runtime::model {

Cube padded(const Cube& in, const Padding& p, Wide fill) {
  Cube out(in.c, in.h + p.top + p.bottom, in.w + p.left + p.right, fill);
  for (std::int64_t k = 0; k < in.c; ++k)
    for (std::int64_t y = 0; y < in.h; ++y)
      for (std::int64_t x = 0; x < in.w; ++x) out(k, y + p.top, x + p.left) = in(k, y, x);
  return out;
}

Cube correlate(const Kernel& kernel, const Cube& image, Wide zero_point) {
  const Cube in = padded(image, kernel.window.padding, zero_point);
  const Window& win = kernel.window;
  const std::int64_t h = (in.h - (win.kernel.h - 1) * win.dilation.h - 1) / win.stride.h + 1,
                     w = (in.w - (win.kernel.w - 1) * win.dilation.w - 1) / win.stride.w + 1;
  Cube acc(kernel.outputs, h, w);
  std::size_t weight = 0;
  for (std::int64_t o = 0; o < kernel.outputs; ++o) {
    for (std::int64_t y = 0; y < h; ++y)
      for (std::int64_t x = 0; x < w; ++x) acc(o, y, x) = kernel.bias.at(static_cast<std::size_t>(o));
    const std::int64_t group = o * kernel.groups / kernel.outputs;
    for (int i = 0; i < win.kernel.h; ++i)
      for (int j = 0; j < win.kernel.w; ++j)
        for (std::int64_t k = 0; k < kernel.inputs_per_group; ++k, ++weight)
          for (std::int64_t y = 0; y < h; ++y)
            for (std::int64_t x = 0; x < w; ++x)
              acc(o, y, x) += Wide{kernel.weight.at(weight)} * in(group * kernel.inputs_per_group + k,
                                                                  place(y, win.stride.h, i, win.dilation.h),
                                                                  place(x, win.stride.w, j, win.dilation.w));
  }
  for (const Wide v : acc.values) whole(v);
  return acc;
}

std::vector<Wide> bounds(const Kernel& kernel, int bits) {
  const std::size_t taps = kernel.weight.size() / kernel.bias.size();
  std::vector<Wide> bounds;
  for (std::size_t i = 0; i < kernel.weight.size(); ++i) {
    const Wide w = kernel.weight[i];
    if (i % taps == 0) bounds.push_back(std::max<Wide>(kernel.bias[i / taps], -Wide{kernel.bias[i / taps]}));
    bounds.back() += power(bits - 1) * std::max(w, -w);
  }
  return bounds;
}

Wide triangle(std::int64_t place, std::int64_t at, Wide factor, std::int64_t extent) {
  const auto over = [&](std::int64_t p) {
    const Wide distance = 2 * at + 1 - factor - 2 * factor * p;
    return std::max<Wide>(0, 2 * factor - (distance < 0 ? -distance : distance));
  };
  return over(place) + (place == 0 ? over(-1) : 0) + (place == extent - 1 ? over(extent) : 0);
}

}  // namespace zsq::runtime::model
