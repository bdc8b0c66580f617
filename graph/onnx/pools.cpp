#include <algorithm>

#include "graph/onnx/handlers.h"

/// Maxima and means over windows.
namespace zsq::onnx {
namespace {

/// How far the last window reaches beyond the padded image along one side, where the number of windows is
/// rounded up: a window that would begin behind the image and the padding in front of it is left out.
int overhang(const Node& node, std::int64_t extent, int kernel, int stride, int dilation, int before,
             int after) {
  const std::int64_t reach = std::int64_t{dilation} * (kernel - 1) + 1,
                     room = extent + before + after - reach;
  need(stride > 0 && room >= 0, node, "has a window larger than its image, or no stride");
  std::int64_t places = (room + stride - 1) / stride + 1;
  if ((places - 1) * stride >= extent + before) --places;
  return narrow(node, std::max<std::int64_t>((places - 1) * stride + reach - extent - before - after, 0));
}

struct Pooling {
  Window window;
  Size2 more = {0, 0};  // rows and columns that ceil_mode adds at the bottom and right
};

Pooling pooling(const Node& node, const Shape& in) {
  Pooling p{.window = {size2(node, "kernel_shape"), size2(node, "strides"), size2(node, "dilations"), {}}};
  need(node.find("kernel_shape") != nullptr, node, "has no kernel_shape");
  p.window.padding = padding_of(node, p.window, in);
  if (node.integer("ceil_mode", 0) == 0) return p;
  const Window& w = p.window;
  p.more = {overhang(node, in.h, w.kernel.h, w.stride.h, w.dilation.h, w.padding.top, w.padding.bottom),
            overhang(node, in.w, w.kernel.w, w.stride.w, w.dilation.w, w.padding.left, w.padding.right)};
  return p;
}

void extend(const Node& node, Window& w, Size2 more) {
  w.padding.bottom = narrow(node, std::int64_t{w.padding.bottom} + more.h);
  w.padding.right = narrow(node, std::int64_t{w.padding.right} + more.w);
}

void check_image(Importer& i, const Node& node) {
  if (i.dims(node, 0).size() != 4) refuse(node, "pools something else than images [n,c,h,w]");
}

NodeId max_pool(Importer& i, const Node& node) {
  check_image(i, node);
  const NodeId x = i.input(node, 0);
  if (node.outputs.size() > 1 && !node.outputs[1].empty())
    refuse(node, "gives the places of its maxima, too, which zsq does not do");
  Pooling p = pooling(node, i.shape(x));
  extend(node, p.window, p.more);
  return i.add(node, MaxPool2d{p.window}, {x});
}

NodeId average_pool(Importer& i, const Node& node) {
  check_image(i, node);
  NodeId x = i.input(node, 0);
  Pooling p = pooling(node, i.shape(x));
  if (p.window.dilation != Size2{}) refuse(node, "averages with dilation, which zsq does not do");
  const bool counts = node.integer("count_include_pad", 0) != 0;
  const bool ceils = p.more != Size2{0, 0}, pads = p.window.padding != Padding{};
  // Included padding counts in the divisor, but what ceil mode adds never does: the former becomes part of
  // the image.
  if (counts && ceils && pads) {
    const Padding& q = p.window.padding;
    x = i.add(node, Pad{{}, {q.top, q.bottom}, {q.left, q.right}, 0}, {x});
    p.window.padding = {};
  }
  extend(node, p.window, p.more);
  return i.add(node, AvgPool2d{p.window, counts && pads && !ceils ? Padded::included : Padded::excluded},
               {x});
}

NodeId global_average_pool(Importer& i, const Node& node) {
  check_image(i, node);
  return i.add(node, GlobalAvgPool{}, {i.input(node, 0)});
}

NodeId global_max_pool(Importer& i, const Node& node) {
  check_image(i, node);
  const NodeId x = i.input(node, 0);
  const Size2 all{narrow(node, i.shape(x).h), narrow(node, i.shape(x).w)};
  return i.add(node, MaxPool2d{{all, all, {}, {}}}, {x});
}

/// The windows of a pool to a given size, which is no operator of ONNX but of .pt2 files: where they are all
/// alike.
Window adaptive_window(Importer& i, const Node& node, const Shape& in) {
  check_image(i, node);
  const Size2 out = size2(node, "output_size");
  need(out.h > 0 && out.w > 0, node, "pools to ", out.h, 'x', out.w);
  if (in.h % out.h != 0 || in.w % out.w != 0)
    refuse(node, "pools ", in, " to ", out.h, 'x', out.w,
           " by windows of different sizes; extents that divide are supported, so give another --input size");
  const Size2 step{narrow(node, in.h / out.h), narrow(node, in.w / out.w)};
  return {step, step, {}, {}};
}

NodeId adaptive_average_pool(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  const Window w = adaptive_window(i, node, i.shape(x));
  if (w.kernel.h == i.shape(x).h && w.kernel.w == i.shape(x).w) return i.add(node, GlobalAvgPool{}, {x});
  return w.kernel == Size2{} ? x : i.add(node, AvgPool2d{w, Padded::excluded}, {x});
}

NodeId adaptive_max_pool(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  const Window w = adaptive_window(i, node, i.shape(x));
  return w.kernel == Size2{} ? x : i.add(node, MaxPool2d{w}, {x});
}

/// Which rows and columns a mean runs over, seen from the node that its input has the values of.
struct Axes {
  bool h = false, w = false;
};

Axes axes_of(Importer& i, const Node& node, const Shape& s) {
  const auto& dims = i.dims(node, 0);
  const auto given = list(i.call(node), 1, "axes");
  if (!given || given->empty())
    refuse(node, "averages over the whole batch; rows and columns of an image are supported");
  Axes axes;
  for (const std::int64_t a : *given) {
    const std::size_t axis = axis_of(node, a, dims.size());
    const bool last = axis == 3, row = axis == 2 && dims[1] == s.c;
    if (!last && !row)
      refuse(node, "averages over the axis ", a, "; rows and columns of an image are supported");
    const bool joined = dims.size() == 3 && row && dims[2] == s.h * s.w;  // [n, c, h * w]
    if (dims.size() == 3 && !joined) refuse(node, "averages over an axis that is neither rows nor columns");
    axes.h |= row;
    axes.w |= last || joined;
  }
  return axes;
}

NodeId reduce_mean(Importer& i, const Node& node) {
  const auto view = i.viewed(node, 0);
  const NodeId x = view && i.dims(node, 0).size() == 3 ? *view : i.input(node, 0);
  const Shape s = i.shape(x);
  const Axes axes = axes_of(i, node, s);
  if ((axes.h || s.h == 1) && (axes.w || s.w == 1)) return i.add(node, GlobalAvgPool{}, {x});
  if (node.integer("keepdims", 1) == 0)
    refuse(node, "averages over rows or columns alone and drops that axis; keepdims=1 is supported");
  const Size2 kernel{axes.h ? narrow(node, s.h) : 1, axes.w ? narrow(node, s.w) : 1};
  return i.add(node, AvgPool2d{{kernel, kernel, {}, {}}, Padded::excluded}, {x});
}

}  // namespace

const Handlers& pools() {
  static const Handlers table{{"MaxPool", max_pool},
                              {"AveragePool", average_pool},
                              {"GlobalAveragePool", global_average_pool},
                              {"GlobalMaxPool", global_max_pool},
                              {"AdaptiveAveragePool", adaptive_average_pool},
                              {"AdaptiveMaxPool", adaptive_max_pool},
                              {"ReduceMean", reduce_mean}};
  return table;
}

}  // namespace zsq::onnx
