#include "quantize/transposed.h"

#include <algorithm>

#include "graph/rewrite.h"

namespace zsq::quantize {
namespace {

/// One side of the rewriting. In the uncropped result, row oy = stride * q + phase is the sum over taps k
/// with k * dilation = stride * t + phase of input row q - t: for each phase a convolution of `taps` rows
/// over q.
struct Side {
  int kernel, stride, dilation, crop;
  std::int64_t in, out;  // extents

  int taps() const { return (kernel - 1) * dilation / stride + 1; }
  /// The convolution's padding before and after: as many places q as the cropped result needs.
  std::int64_t before() const { return std::max<std::int64_t>(0, taps() - 1 - crop / stride); }
  std::int64_t after() const { return std::max<std::int64_t>(0, (crop + out - 1) / stride - (in - 1)); }
  /// What of the shuffled places is the result. The first place is q = taps() - 1 - before().
  Slice::Range kept() const {
    const std::int64_t begin = crop - stride * (taps() - 1 - before());
    return {begin, begin + out, 1};
  }
  std::int64_t shuffled() const { return stride * (in + before() + after() - taps() + 1); }
};

struct Sides {
  Side h, w;
};

Sides sides(const ConvTranspose2d& op, const Shape& in, const Shape& out) {
  const Shape& k = op.weight.shape;
  return {{static_cast<int>(k.h), op.stride.h, op.dilation.h, op.crop.top, in.h, out.h},
          {static_cast<int>(k.w), op.stride.w, op.dilation.w, op.crop.left, in.w, out.w}};
}

/// weight[in][out / groups][y][x] as the phases' kernels: [out * phases][in / groups][taps.h][taps.w].
Array phase_weights(const ConvTranspose2d& op, const Sides& s) {
  const Shape& k = op.weight.shape;
  const std::int64_t inputs = k.n / op.groups, phases = std::int64_t{op.stride.h} * op.stride.w;
  const int rows = s.h.taps(), columns = s.w.taps();
  Array all{{op.outputs() * phases, inputs, rows, columns}, {}};
  all.values.resize(static_cast<std::size_t>(all.shape.size()));
  for (std::int64_t o = 0; o < op.outputs(); ++o)
    for (std::int64_t i = 0; i < inputs; ++i)
      for (std::int64_t y = 0; y < k.h; ++y)
        for (std::int64_t x = 0; x < k.w; ++x) {
          const std::int64_t in = o / k.c * inputs + i, row = y * op.dilation.h, column = x * op.dilation.w;
          const std::int64_t phase = row % op.stride.h * op.stride.w + column % op.stride.w;
          const std::int64_t to_row = rows - 1 - row / op.stride.h,
                             to_column = columns - 1 - column / op.stride.w;
          const std::int64_t to =
              ((o * phases + phase) * inputs + i) * rows * columns + to_row * columns + to_column;
          const std::int64_t from = ((in * k.c + o % k.c) * k.h + y) * k.w + x;
          all.values[static_cast<std::size_t>(to)] = op.weight.values[static_cast<std::size_t>(from)];
        }
  return all;
}

Conv2d phases(const ConvTranspose2d& op, const Sides& s) {
  Conv2d conv{phase_weights(op, s), {}, {}, op.groups};
  for (const float b : op.bias)
    conv.bias.insert(conv.bias.end(), static_cast<std::size_t>(op.stride.h * op.stride.w), b);
  conv.window.kernel = {s.h.taps(), s.w.taps()};
  conv.window.padding = {static_cast<int>(s.h.before()), static_cast<int>(s.w.before()),
                         static_cast<int>(s.h.after()), static_cast<int>(s.w.after())};
  return conv;
}

/// Adds what brings the phases to their places, and returns the last of it.
NodeId shuffled(Rebuild& rebuild, const std::string& name, NodeId conv, const Size2& stride, const Sides& s,
                std::int64_t channels) {
  NodeId last = conv;
  if (stride != Size2{}) last = rebuild.insert(name + ".shuffle", PixelShuffle{stride}, {last});
  const Slice slice{{0, channels, 1}, s.h.kept(), s.w.kept()};
  if (slice.h != Slice::Range{0, s.h.shuffled(), 1} || slice.w != Slice::Range{0, s.w.shuffled(), 1})
    last = rebuild.insert(name + ".crop", slice, {last});
  return last;
}

}  // namespace

Graph without_transposed(const Graph& graph) {
  const auto readers = consumers(graph);
  Rebuild rebuild(graph);
  std::vector<bool> placed(graph.nodes().size());
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const Node& node = graph.nodes()[i];
    const auto* op = std::get_if<ConvTranspose2d>(&node.op);
    if (placed[i]) continue;
    if (op == nullptr) {
      rebuild.keep(NodeId(i));
      continue;
    }
    const Sides s = sides(*op, graph[node.inputs[0]].shape, node.shape);
    NodeId value = rebuild.replace(NodeId(i), phases(*op, s)), end{static_cast<std::int32_t>(i)};
    const auto reader = only_reader(graph, readers, end);
    if (reader && std::holds_alternative<Clamp>(graph[*reader].op)) {
      end = *reader;
      placed[index(end)] = true;
      value = rebuild.insert(graph[end].name, graph[end].op, {value});
    }
    rebuild.redirect(end, shuffled(rebuild, node.name, value, op->stride, s, node.shape.c));
  }
  return rebuild.finish();
}

}  // namespace zsq::quantize
