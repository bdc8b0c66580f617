#include "graph/onnx/handlers.h"

#include <algorithm>

namespace zsq::onnx {

Handler handler_of(const Node& node) {
  for (const Handlers* table : {&layers(), &functions_of_values(), &arithmetic(), &pools(), &resizing()})
    if (const auto found = table->find(node.op); found != table->end()) return found->second;
  return nullptr;
}

int narrow(const Node& node, std::int64_t value) {
  if (value < INT32_MIN || value > INT32_MAX)
    refuse(node, "has the number ", value, ", which zsq does not support");
  return static_cast<int>(value);
}

Size2 size2(const Node& node, std::string_view attribute, Size2 absent) {
  const auto given = node.integers(attribute);
  if (given.empty()) return absent;
  if (given.size() != 2)
    refuse(node, "has ", given.size(), " numbers as ", std::string(attribute),
           "; zsq supports two dimensions");
  return {narrow(node, given[0]), narrow(node, given[1])};
}

Padding padding_of(const Node& node, const Window& w, const Shape& in) {
  const std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic == "VALID") return {};
  if (automatic == "NOTSET" || automatic.empty()) {
    const auto p = node.integers("pads", {0, 0, 0, 0});
    if (p.size() != 4) refuse(node, "pads ", p.size(), " sides; zsq supports two dimensions");
    return {narrow(node, p[0]), narrow(node, p[1]), narrow(node, p[2]), narrow(node, p[3])};
  }
  if (automatic != "SAME_UPPER" && automatic != "SAME_LOWER")
    refuse(node, "pads '", automatic.substr(0, 40),
           "'; NOTSET, VALID, SAME_UPPER and SAME_LOWER are supported");
  const auto missing = [&](std::int64_t extent, int kernel, int stride, int dilation) {
    need(stride > 0 && kernel > 0 && dilation > 0, node, "has a kernel, stride or dilation below 1");
    const std::int64_t places = (extent + stride - 1) / stride;
    return narrow(node, std::max<std::int64_t>(
                            (places - 1) * stride + std::int64_t{dilation} * (kernel - 1) + 1 - extent, 0));
  };
  const int h = missing(in.h, w.kernel.h, w.stride.h, w.dilation.h),
            v = missing(in.w, w.kernel.w, w.stride.w, w.dilation.w);
  if (automatic == "SAME_UPPER") return {h / 2, v / 2, h - h / 2, v - v / 2};
  return {h - h / 2, v - v / 2, h / 2, v / 2};
}

}  // namespace zsq::onnx
