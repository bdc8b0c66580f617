#include <algorithm>

#include "graph/torch/operators.h"

/// Maxima and means over windows.
namespace zsq::torchscript {
namespace {

/// How far the last window reaches beyond the padded image: what ceil_mode adds. LibTorch's own result says
/// it.
Size2 overhang(const Call& call, const Window& w, const Shape& in) {
  const auto reach = [](std::int64_t count, int kernel, int stride, int dilation) {
    return (count - 1) * stride + std::int64_t{dilation} * (kernel - 1) + 1;
  };
  const torch::Tensor& out = call.results[0];
  const std::int64_t h =
      reach(out.size(2), w.kernel.h, w.stride.h, w.dilation.h) - in.h - w.padding.top - w.padding.bottom;
  const std::int64_t v =
      reach(out.size(3), w.kernel.w, w.stride.w, w.dilation.w) - in.w - w.padding.left - w.padding.right;
  return {narrow(call, std::max<std::int64_t>(h, 0)), narrow(call, std::max<std::int64_t>(v, 0))};
}

/// The window of pool(x, kernel, stride, padding, ...), as floor mode would have it.
Window window_of(const Call& call) {
  if (call[0].toTensor().dim() != 4) refuse(call, "pools something else than images [n,c,h,w]");
  const Size2 kernel = size2(call, 1), padding = size2(call, 3, {0, 0});
  return {kernel, size2(call, 2, kernel), {}, {padding.h, padding.w, padding.h, padding.w}};
}

/// max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
NodeId max_pool(Recorder& r, const Call& call) {
  const NodeId x = r.input(call, 0);
  Window w = window_of(call);
  w.dilation = size2(call, 4);
  const Size2 more = overhang(call, w, r.shape(x));
  w.padding.bottom = narrow(call, std::int64_t{w.padding.bottom} + more.h);
  w.padding.right = narrow(call, std::int64_t{w.padding.right} + more.w);
  return r.add(call, MaxPool2d{w}, {x});
}

/// avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override)
NodeId avg_pool(Recorder& r, const Call& call) {
  NodeId x = r.input(call, 0);
  Window w = window_of(call);
  const Size2 more = overhang(call, w, r.shape(x));
  const bool divisor = !call[6].isNone();
  const bool ceils = more != Size2{0, 0}, pads = w.padding != Padding{};
  // Included padding counts in the divisor, but what ceil mode adds never does: the former becomes part of
  // the image.
  if (call[5].toBool() && ceils && pads && !divisor) {
    const Padding& p = w.padding;
    x = r.add(call, Pad{{}, {p.top, p.bottom}, {p.left, p.right}, 0}, {x});
    w.padding = {};
  }
  const bool included = divisor || (call[5].toBool() && pads && !ceils);
  w.padding.bottom = narrow(call, std::int64_t{w.padding.bottom} + more.h);
  w.padding.right = narrow(call, std::int64_t{w.padding.right} + more.w);
  const NodeId mean = r.add(call, AvgPool2d{w, included ? Padded::included : Padded::excluded}, {x});
  if (!divisor) return mean;
  const auto factor = static_cast<float>(double{1} * w.kernel.h * w.kernel.w / call[6].toScalar().toDouble());
  return factor == 1 ? mean
                     : add_scale(r, call, mean,
                                 std::vector<float>(static_cast<std::size_t>(r.shape(mean).c), factor), {});
}

/// The windows of adaptive pooling, where they are all alike.
Window adaptive_window(const Call& call, const Shape& in) {
  if (call[0].toTensor().dim() != 4) refuse(call, "pools something else than images [n,c,h,w]");
  const torch::Tensor& out = call.results[0];
  if (in.h % out.size(2) != 0 || in.w % out.size(3) != 0)
    refuse(call, "pools ", in, " to ", out.size(2), 'x', out.size(3),
           " by windows of different sizes; extents that divide are supported, so give another --input size");
  const Size2 step{narrow(call, in.h / out.size(2)), narrow(call, in.w / out.size(3))};
  return {step, step, {}, {}};
}

NodeId adaptive_avg_pool(Recorder& r, const Call& call) {
  const NodeId x = r.input(call, 0);
  const Window w = adaptive_window(call, r.shape(x));
  if (call.results[0].size(2) == 1 && call.results[0].size(3) == 1) return r.add(call, GlobalAvgPool{}, {x});
  return w.kernel == Size2{} ? x : r.add(call, AvgPool2d{w, Padded::excluded}, {x});
}

NodeId adaptive_max_pool(Recorder& r, const Call& call) {
  const NodeId x = r.input(call, 0);
  const Window w = adaptive_window(call, r.shape(x));
  return w.kernel == Size2{} ? x : r.add(call, MaxPool2d{w}, {x});
}

/// Which rows and columns a mean runs over, seen from the node that its argument is a view of.
struct Axes {
  bool h = false, w = false;
};

Axes axes_of(const Call& call, const Shape& s) {
  const auto sizes = call[0].toTensor().sizes();
  const auto extents = static_cast<std::int64_t>(sizes.size());
  Axes axes;
  for (const std::int64_t given : integers(call, 1)) {
    const std::int64_t dim = given < 0 ? given + extents : given;
    const bool last = dim == 3, row = dim == 2 && extents > 2 && sizes[1] == s.c;
    if (!last && !row)
      refuse(call, "averages over extent ", given, "; rows and columns of an image are supported");
    const bool joined = extents == 3 && row && sizes[2] == s.h * s.w;  // [n, c, h * w]
    axes.h |= row;
    axes.w |= last || joined;
  }
  if (!axes.h && !axes.w)
    refuse(call, "averages over the whole batch; rows and columns of an image are supported");
  return axes;
}

/// mean(x, dims, keepdim, dtype)
NodeId mean(Recorder& r, const Call& call) {
  const auto view = r.viewed(call[0]);
  const NodeId x = view ? *view : r.input(call, 0);
  const Shape s = r.shape(x);
  const Axes axes = axes_of(call, s);
  if ((axes.h || s.h == 1) && (axes.w || s.w == 1)) return r.add(call, GlobalAvgPool{}, {x});
  const Size2 kernel{axes.h ? narrow(call, s.h) : 1, axes.w ? narrow(call, s.w) : 1};
  return r.add(call, AvgPool2d{{kernel, kernel, {}, {}}, Padded::excluded}, {x});
}

}  // namespace

const Handlers& pooling_operators() {
  static const Handlers table{{"max_pool2d", max_pool},
                              {"max_pool2d_with_indices", max_pool},
                              {"avg_pool2d", avg_pool},
                              {"adaptive_avg_pool2d", adaptive_avg_pool},
                              {"adaptive_max_pool2d", adaptive_max_pool},
                              {"mean", mean}};
  return table;
}

}  // namespace zsq::torchscript
