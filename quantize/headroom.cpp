#include "quantize/headroom.h"

#include <algorithm>
#include <optional>

#include "graph/op_traits.h"
#include "quantize/calibrate.h"

namespace zsq::quantize {
namespace {

/// The classifier's input is mostly a mean over the image, which synthesized images spread less than real
/// ones do (0.7 of it on MobileNetV1). At its 8 bits a wider grid costs next to nothing, one too narrow 0.4
/// to 2 dB of the logits.
constexpr double kClassifierHeadroom = 1.25;

/// What a function at the network's end reads has no layer behind it that would make up for values cut off.
constexpr double kFunctionHeadroom = 2;

}  // namespace

std::vector<double> headrooms(const Graph& prepared, const Tail& tail) {
  std::vector<double> all(prepared.nodes().size(), 0);
  std::optional<NodeId> last_layer;
  bool ends_in_layers = false;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const Node& node = prepared.nodes()[i];
    const bool layer = weight_of(node.op) != nullptr;
    if (layer) last_layer = NodeId(i);
    if (!tail.contains(NodeId(i)) || tail.reads_wide(NodeId(i))) continue;
    ends_in_layers |= layer;
    double& headroom = all[index(grid_source(prepared, node.inputs[0]))];
    headroom = std::max(headroom, layer ? kClassifierHeadroom : kFunctionHeadroom);
  }
  if (!ends_in_layers && last_layer)
    all[index(grid_source(prepared, prepared[*last_layer].inputs[0]))] = kClassifierHeadroom;
  return all;
}

}  // namespace zsq::quantize
