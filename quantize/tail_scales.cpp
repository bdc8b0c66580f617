#include "quantize/tail_scales.h"

#include <algorithm>
#include <cmath>

#include "graph/check.h"
#include "graph/op_traits.h"

namespace zsq::quantize {
namespace {

/// A layer's 16-bit middle times its 15-bit multiplier: see lower_wide.
constexpr double kLargest = 32767.0 * 32767.0;

/// The largest |value| an op makes of wide values that reach so far.
double reach(const Op& op, const std::vector<double>& in) {
  const double widest = *std::ranges::max_element(in);
  return std::visit(Overloaded{
                        [&](const Clamp& o) {
                          return std::max(std::abs(std::clamp<double>(-widest, o.low, o.high)),
                                          std::abs(std::clamp<double>(widest, o.low, o.high)));
                        },
                        [&](const Pointwise& o) { return widest * std::max(1.0, std::abs(double{o.slope})); },
                        [&](const Add&) { return in[0] + in[1]; },
                        [&](const Pad& o) { return std::max(widest, std::abs(double{o.value})); },
                        [&](OneOf<Input, Conv2d, ConvTranspose2d, Linear, BatchNorm2d, Mul, Concat, MaxPool2d,
                                  AvgPool2d, GlobalAvgPool, Flatten, Slice, ChannelShuffle, PixelShuffle,
                                  PixelUnshuffle, Upsample, Softmax> auto&) { return widest; },
                    },
                    op);
}

/// The scale of what a node makes, over that of what it reads.
double ratio(const Op& op) {
  const auto* upsample = std::get_if<Upsample>(&op);
  if (upsample == nullptr || upsample->mode == Upsample::Mode::nearest) return 1;
  const Size2 f = upsample->factor;
  return std::ldexp(1.0, upsampling_shift(f)) / (4.0 * f.h * f.w);
}

/// Nodes whose scales depend on each other, each with its ratio to their common one.
class Components {
 public:
  Components(const Graph& graph, const Tail& tail)
      : graph_(graph), tail_(tail), ratio_(graph.nodes().size(), 0) {
    neighbours_.resize(ratio_.size());
    for (std::size_t i = 0; i < ratio_.size(); ++i) {
      if (!tail.contains(NodeId(i)) || !tail.reads_wide(NodeId(i))) continue;
      for (const NodeId input : graph.nodes()[i].inputs)
        if (tail.contains(input)) {
          const double r = ratio(graph.nodes()[i].op);
          neighbours_[i].push_back({input, 1 / r});
          neighbours_[index(input)].push_back({NodeId(i), r});
        }
    }
  }

  /// Calls f with the nodes of each.
  void for_each(const auto& f) {
    for (std::size_t i = 0; i < ratio_.size(); ++i) {
      if (!tail_.contains(NodeId(i)) || ratio_[i] != 0) continue;
      std::vector<NodeId> nodes{NodeId(i)};
      ratio_[i] = 1;
      for (std::size_t next = 0; next < nodes.size(); ++next) spread(nodes[next], nodes);
      f(nodes);
    }
  }
  double ratio_of(NodeId id) const { return ratio_[index(id)]; }

 private:
  struct Neighbour {
    NodeId id;
    double ratio;  // of its scale to that of the node
  };

  void spread(NodeId from, std::vector<NodeId>& nodes) {
    for (const Neighbour& n : neighbours_[index(from)]) {
      const double wanted = ratio_of(from) * n.ratio;
      double& known = ratio_[index(n.id)];
      check(known == 0 || std::abs(known - wanted) < 1e-9 * wanted, Fault::unsupported, graph_[n.id].name,
            ": joins values that bilinear upsampling by different factors has brought to different scales");
      if (known != 0) continue;
      known = wanted;
      nodes.push_back(n.id);
    }
  }

  const Graph& graph_;
  const Tail& tail_;
  std::vector<double> ratio_;  // 0: not reached yet
  std::vector<std::vector<Neighbour>> neighbours_;
};

}  // namespace

int upsampling_shift(Size2 factor) {
  int shift = 0;
  while ((std::int64_t{1} << shift) < std::int64_t{4} * factor.h * factor.w) ++shift;
  return shift;
}

std::vector<double> tail_bounds(const Graph& graph, const Tail& tail, std::vector<double> heads) {
  for (std::size_t i = 0; i < heads.size(); ++i) {
    if (!tail.contains(NodeId(i)) || !tail.reads_wide(NodeId(i))) continue;
    std::vector<double> in;
    for (const NodeId input : graph.nodes()[i].inputs) in.push_back(heads[index(input)]);
    heads[i] = reach(graph.nodes()[i].op, in);
  }
  return heads;
}

std::vector<double> tail_scales(const Graph& graph, const Tail& tail, const std::vector<double>& bounds) {
  std::vector<double> scales(bounds.size(), 0);
  Components components(graph, tail);
  components.for_each([&](const std::vector<NodeId>& nodes) {
    double widest = 0;
    for (const NodeId id : nodes) {
      widest = std::max(widest, bounds[index(id)] / components.ratio_of(id));
      if (!tail.reads_wide(id)) continue;
      // What enters from outside has the scale of what the node reads.
      for (const NodeId input : graph[id].inputs)
        widest = std::max(widest, bounds[index(input)] * ratio(graph[id].op) / components.ratio_of(id));
    }
    for (const NodeId id : nodes)
      scales[index(id)] = (widest > 0 ? widest / kLargest : 1.0) * components.ratio_of(id);
  });
  return scales;
}

}  // namespace zsq::quantize
