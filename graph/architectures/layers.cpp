#include "graph/architectures/layers.h"

#include <algorithm>

namespace zsq {

Padding same_padding(const Shape& in, Size2 kernel, Size2 stride) {
  const auto missing = [](std::int64_t extent, int size, int step) {
    const std::int64_t places = (extent + step - 1) / step;
    return static_cast<int>(std::max<std::int64_t>((places - 1) * step + size - extent, 0));
  };
  const int rows = missing(in.h, kernel.h, stride.h), columns = missing(in.w, kernel.w, stride.w);
  return {rows / 2, columns / 2, rows - rows / 2, columns - columns / 2};
}

void Layers::conv(const std::string& name, const Conv& c) {
  const Shape weight{c.out, shape().c / c.groups, c.kernel.h, c.kernel.w};
  const Window window{c.kernel, c.stride, {}, c.padding};
  add(name, Conv2d{parameters_.array(name + ".weight", weight), {}, window, c.groups});
}

void Layers::norm(const std::string& name, float epsilon) {
  add(name, parameters_.batch_norm(name, shape().c, epsilon));
}

void Layers::clamp(const std::string& name, const Clamp& bounds) { add(name, bounds); }

void Layers::linear(const std::string& name, std::int64_t out) {
  Array weight = parameters_.array(name + ".weight", {out, shape().c, 1, 1});
  add(name, Linear{std::move(weight), parameters_.vector(name + ".bias", out)});
}

void Layers::add(std::string name, Op op, const std::vector<NodeId>& inputs) {
  value_ = graph_.add(std::move(name), std::move(op), inputs);
}

}  // namespace zsq
