#include "graph/shape.h"

#include <algorithm>
#include <initializer_list>

#include "graph/check.h"
#include "graph/limits.h"
#include "graph/op_traits.h"

namespace zsq {
namespace {

void need(bool ok, const auto&... parts) { check(ok, Fault::model, parts...); }

std::int64_t positions(std::int64_t extent, int kernel, int stride, int dilation, int before, int after) {
  const std::int64_t reach = std::int64_t{dilation} * (kernel - 1) + 1;
  const std::int64_t room = extent + before + after - reach;
  return room < 0 ? 0 : room / stride + 1;
}

void check_amounts(const char* what, std::initializer_list<int> amounts, int least) {
  for (const int amount : amounts)
    need(least <= amount && amount <= kMaxSide, "has a ", what, " of ", amount, ", which must be from ",
         least, " to ", kMaxSide);
}

void check_window(const Window& w) {
  check_amounts("kernel", {w.kernel.h, w.kernel.w}, 1);
  check_amounts("stride", {w.stride.h, w.stride.w}, 1);
  check_amounts("dilation", {w.dilation.h, w.dilation.w}, 1);
  const Padding& p = w.padding;
  check_amounts("padding", {p.top, p.left, p.bottom, p.right}, 0);
}

void check_bias(const std::vector<float>& bias, std::int64_t outputs) {
  need(bias.empty() || std::ssize(bias) == outputs, "has ", bias.size(), " biases for ", outputs, " outputs");
}

/// Divides rather than multiplies: the product of extents that do not fit may leave int64.
bool fits(const Shape& s, std::int64_t values) {
  for (const std::int64_t extent : {s.n, s.c, s.h, s.w}) {
    if (extent <= 0 || values % extent != 0) return false;
    values /= extent;
  }
  return values == 1;
}

void check_weight(const Array& weight) {
  need(fits(weight.shape, std::ssize(weight.values)), "has ", weight.values.size(), " weights in a shape of ",
       weight.shape);
}

Shape shape_of(const Input& op, std::span<const Shape>) { return op.shape; }

Shape shape_of(const Conv2d& op, std::span<const Shape> in) {
  check_window(op.window);
  check_weight(op.weight);
  const Shape& w = op.weight.shape;
  check_bias(op.bias, w.n);
  need(op.groups > 0 && w.n % op.groups == 0 && in[0].c % op.groups == 0 && w.c == in[0].c / op.groups,
       "weights ", w, " in ", op.groups, " groups do not fit an input of ", in[0]);
  need(w.h == op.window.kernel.h && w.w == op.window.kernel.w, "weights ", w, " do not fit a kernel of ",
       op.window.kernel.h, 'x', op.window.kernel.w);
  const Size2 out = window_output(op.window, in[0].h, in[0].w);
  return {in[0].n, w.n, out.h, out.w};
}

Shape shape_of(const ConvTranspose2d& op, std::span<const Shape> in) {
  check_weight(op.weight);
  const Shape& w = op.weight.shape;
  check_amounts("stride", {op.stride.h, op.stride.w}, 1);
  check_amounts("dilation", {op.dilation.h, op.dilation.w}, 1);
  check_amounts("padding", {op.crop.top, op.crop.left, op.crop.bottom, op.crop.right}, 0);
  check_amounts("output padding", {op.output_padding.h, op.output_padding.w}, 0);
  need(op.output_padding.h < std::max(op.stride.h, op.dilation.h) &&
           op.output_padding.w < std::max(op.stride.w, op.dilation.w),
       "has an output padding of ", op.output_padding.h, 'x', op.output_padding.w,
       ", which must be less than stride or dilation");
  need(op.groups > 0 && w.n == in[0].c && w.n % op.groups == 0, "weights ", w, " in ", op.groups,
       " groups do not fit an input of ", in[0]);
  check_amounts("kernel",
                {static_cast<int>(std::min<std::int64_t>(w.h, kMaxSide + 1)),
                 static_cast<int>(std::min<std::int64_t>(w.w, kMaxSide + 1))},
                1);
  check_bias(op.bias, op.outputs());
  return {in[0].n, op.outputs(),
          (in[0].h - 1) * op.stride.h + std::int64_t{op.dilation.h} * (w.h - 1) + 1 + op.output_padding.h -
              op.crop.top - op.crop.bottom,
          (in[0].w - 1) * op.stride.w + std::int64_t{op.dilation.w} * (w.w - 1) + 1 + op.output_padding.w -
              op.crop.left - op.crop.right};
}

Shape shape_of(const Linear& op, std::span<const Shape> in) {
  check_weight(op.weight);
  check_bias(op.bias, op.weight.shape.n);
  need(op.weight.shape.h == 1 && op.weight.shape.w == 1 && in[0] == Shape{in[0].n, op.weight.shape.c, 1, 1},
       "weights ", op.weight.shape, " do not fit an input of ", in[0]);
  return {in[0].n, op.weight.shape.n, 1, 1};
}

Shape shape_of(const BatchNorm2d& op, std::span<const Shape> in) {
  for (const auto* values : {&op.gamma, &op.beta, &op.mean, &op.variance})
    need(std::ssize(*values) == in[0].c, "has ", values->size(), " values for ", in[0].c, " channels");
  need(op.epsilon >= 0, "has an epsilon of ", op.epsilon);
  return in[0];
}

Shape shape_of(const Clamp& op, std::span<const Shape> in) {
  need(op.low <= op.high, "clamps to [", op.low, ", ", op.high, "]");
  return in[0];
}

Shape shape_of(const Pointwise&, std::span<const Shape> in) { return in[0]; }

Shape shape_of(const Add&, std::span<const Shape> in) {
  need(in[0] == in[1], "adds ", in[0], " and ", in[1]);
  return in[0];
}

Shape shape_of(const Mul&, std::span<const Shape> in) {
  need(in[0] == in[1] || in[1] == Shape{in[0].n, in[0].c, 1, 1}, "multiplies ", in[0], " by ", in[1]);
  return in[0];
}

Shape shape_of(const Concat&, std::span<const Shape> in) {
  Shape out = in[0];
  for (const Shape& s : in.subspan(1)) {
    need(s.n == out.n && s.h == out.h && s.w == out.w, "concatenates ", out, " and ", s);
    out.c += s.c;
  }
  return out;
}

/// Whether a window along one side sees the image at each of its places. With dilation it can straddle the
/// whole image and see none of it.
bool sees_the_image(int places, int kernel, int stride, int dilation, int before, std::int64_t extent) {
  for (int i = 0; i < places; ++i) {
    const std::int64_t start = std::int64_t{i} * stride - before;
    const std::int64_t tap = start >= 0 ? 0 : (-start + dilation - 1) / dilation;  // the first inside
    if (tap >= kernel || start + tap * dilation >= extent) return false;
  }
  return true;
}

Shape pooled(const Window& w, const Shape& in) {
  check_window(w);
  const Size2 out = window_output(w, in.h, in.w);
  need(out.h <= kMaxSide && out.w <= kMaxSide, "makes an output of ", out.h, 'x', out.w);
  need(sees_the_image(out.h, w.kernel.h, w.stride.h, w.dilation.h, w.padding.top, in.h) &&
           sees_the_image(out.w, w.kernel.w, w.stride.w, w.dilation.w, w.padding.left, in.w),
       "has a pooling window that lies in the padding");
  return {in.n, in.c, out.h, out.w};
}

Shape shape_of(const MaxPool2d& op, std::span<const Shape> in) { return pooled(op.window, in[0]); }

Shape shape_of(const AvgPool2d& op, std::span<const Shape> in) {
  need(op.window.dilation == Size2{}, "averages with dilation");
  return pooled(op.window, in[0]);
}

Shape shape_of(const GlobalAvgPool&, std::span<const Shape> in) { return {in[0].n, in[0].c, 1, 1}; }

Shape shape_of(const Flatten&, std::span<const Shape> in) {
  return {in[0].n, in[0].c * in[0].h * in[0].w, 1, 1};
}

Shape shape_of(const Pad& op, std::span<const Shape> in) {
  for (const Pad::Amount& a : {op.c, op.h, op.w}) check_amounts("padding", {a.before, a.after}, 0);
  return {in[0].n, in[0].c + op.c.before + op.c.after, in[0].h + op.h.before + op.h.after,
          in[0].w + op.w.before + op.w.after};
}

std::int64_t sliced(const Slice::Range& r, std::int64_t extent) {
  need(0 <= r.begin && r.begin < r.end && r.end <= extent && 1 <= r.step && r.step <= kMaxExtent, "slices [",
       r.begin, ':', r.end, ':', r.step, "] of ", extent);
  return r.count();
}

Shape shape_of(const Slice& op, std::span<const Shape> in) {
  return {in[0].n, sliced(op.c, in[0].c), sliced(op.h, in[0].h), sliced(op.w, in[0].w)};
}

Shape shape_of(const ChannelShuffle& op, std::span<const Shape> in) {
  need(op.groups > 0 && in[0].c % op.groups == 0, "shuffles ", in[0].c, " channels in ", op.groups,
       " groups");
  return in[0];
}

Shape shape_of(const PixelShuffle& op, std::span<const Shape> in) {
  check_amounts("factor", {op.factor.h, op.factor.w}, 1);
  const std::int64_t places = std::int64_t{op.factor.h} * op.factor.w;
  need(in[0].c % places == 0, "makes ", op.factor.h, 'x', op.factor.w, " places of ", in[0].c, " channels");
  return {in[0].n, in[0].c / places, in[0].h * op.factor.h, in[0].w * op.factor.w};
}

Shape shape_of(const PixelUnshuffle& op, std::span<const Shape> in) {
  check_amounts("factor", {op.factor.h, op.factor.w}, 1);
  need(in[0].h % op.factor.h == 0 && in[0].w % op.factor.w == 0, "makes channels of ", op.factor.h, 'x',
       op.factor.w, " places of an image of ", in[0].h, 'x', in[0].w);
  return {in[0].n, in[0].c * op.factor.h * op.factor.w, in[0].h / op.factor.h, in[0].w / op.factor.w};
}

Shape shape_of(const Upsample& op, std::span<const Shape> in) {
  check_amounts("factor", {op.factor.h, op.factor.w}, 1);
  return {in[0].n, in[0].c, in[0].h * op.factor.h, in[0].w * op.factor.w};
}

Shape shape_of(const Softmax&, std::span<const Shape> in) {
  need(in[0].h == 1 && in[0].w == 1, "takes the softmax of ", in[0]);
  return in[0];
}

void check_arity(const Op& op, std::size_t given) {
  const Traits t = traits(op);
  need(t.least_inputs <= given && given <= t.most_inputs, "takes ", t.least_inputs,
       t.most_inputs > t.least_inputs ? " or more" : "", " inputs, was given ", given);
}

}  // namespace

Size2 window_output(const Window& window, std::int64_t h, std::int64_t w) {
  const Padding& p = window.padding;
  return {
      static_cast<int>(positions(h, window.kernel.h, window.stride.h, window.dilation.h, p.top, p.bottom)),
      static_cast<int>(positions(w, window.kernel.w, window.stride.w, window.dilation.w, p.left, p.right))};
}

bool is_within_limits(const Shape& s) {
  const auto between = [](std::int64_t extent, std::int64_t most) { return 0 < extent && extent <= most; };
  return s.n == 1 && between(s.c, kMaxExtent) && between(s.h, kMaxSide) && between(s.w, kMaxSide) &&
         s.c * s.h * s.w <= kMaxValues;
}

Shape output_shape(const Op& op, std::span<const Shape> inputs) {
  check_arity(op, inputs.size());
  const Shape out = std::visit([&](const auto& o) { return shape_of(o, inputs); }, op);
  need(is_within_limits(out), "makes an output of ", out, ", at most ", kMaxExtent, " channels of ", kMaxSide,
       'x', kMaxSide, " and ", kMaxValues, " values are supported");
  return out;
}

}  // namespace zsq
