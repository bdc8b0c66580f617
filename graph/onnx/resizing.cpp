#include <algorithm>
#include <cmath>

#include "graph/onnx/handlers.h"

/// What makes images larger, and what takes that back.
namespace zsq::onnx {
namespace {

constexpr double kMaxFactor = 1 << 14;

/// How much larger, rows first, of the inputs "scales" and "sizes" (Resize) or the first alone (Upsample).
Size2 factor_of(Importer& i, const Node& node, const Shape& in) {
  const bool first_is_scales = node.op == "Upsample" || i.model().opset < 11;
  const Tensor* scales = i.constant(node, first_is_scales ? 1 : 2);
  const Tensor* sizes = first_is_scales ? nullptr : i.constant(node, 3);
  std::vector<double> factor;
  if (const Attribute* a = node.find("scales")) {
    factor.assign(a->numbers.begin(), a->numbers.end());
  } else if (scales != nullptr && scales->count() > 0) {
    for (const float f : floats(*scales)) factor.push_back(f);
  } else if (sizes != nullptr) {
    const auto to = integers(*sizes);
    need(to.size() == 4 || node.find("axes") != nullptr, node, "has ", to.size(), " sizes for four axes");
    const bool all = to.size() == 4;
    factor = {1, 1, static_cast<double>(to[all ? 2 : 0]) / static_cast<double>(in.h),
              static_cast<double>(to[all ? 3 : std::min<std::size_t>(1, to.size() - 1)]) /
                  static_cast<double>(in.w)};
    if (to.empty() || node.text("keep_aspect_ratio_policy", "stretch") != "stretch")
      refuse(node, "keeps the aspect ratio; sizes that are given whole are supported");
  }
  if (node.find("axes") != nullptr && factor.size() == 2) {
    if (node.integers("axes") != std::vector<std::int64_t>{2, 3})
      refuse(node, "resizes other axes than rows and columns");
    factor = {1, 1, factor[0], factor[1]};
  }
  if (factor.size() != 4 || factor[0] != 1 || factor[1] != 1)
    refuse(node, "resizes something else than the rows and columns of an image");
  const auto whole = [&](double f) {
    if (f < 1 || f != std::floor(f) || f > kMaxFactor)
      refuse(node, "resizes by ", f, "; whole factors are supported");
    return static_cast<int>(f);
  };
  return {whole(factor[2]), whole(factor[3])};
}

/// Where the samples lie must be what repeats or interpolates between whole pixels.
Upsample::Mode mode_of(Importer& i, const Node& node) {
  const std::string mode = node.text("mode", "nearest");
  const bool old = node.op == "Upsample" || i.model().opset < 11;
  const std::string places = node.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
  const std::string rounding = node.text("nearest_mode", old ? "floor" : "round_prefer_floor");
  const bool half =
      places == "half_pixel" || places == "pytorch_half_pixel" || places == "half_pixel_symmetric";
  if (node.integer("antialias", 0) != 0) refuse(node, "is antialiased, which zsq does not do");
  if (mode == "nearest" &&
      ((places == "asymmetric" && rounding == "floor") || (half && rounding.starts_with("round_prefer"))))
    return Upsample::Mode::nearest;
  if (mode == "linear" && half) return Upsample::Mode::bilinear;
  refuse(node, "resizes by '", mode.substr(0, 40), "', '", places.substr(0, 40), "', '",
         rounding.substr(0, 40),
         "'; nearest (asymmetric and floor, or half_pixel and round) and linear (half_pixel, which is "
         "align_corners=False) are supported");
}

NodeId resize(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  const Size2 factor = factor_of(i, node, i.shape(x));
  const Upsample::Mode mode = mode_of(i, node);
  return factor == Size2{} ? x : i.add(node, Upsample{factor, mode}, {x});
}

int block_of(const Node& node) {
  const int block = narrow(node, node.integer("blocksize", 0));
  need(block > 0 && block <= 1 << 12, node, "has blocks of ", block);
  return block;
}

/// DCR, ONNX's own order, has the places of a channel far from each other, CRD, which is PyTorch's, beside
/// each other.
NodeId depth_to_space(Importer& i, const Node& node) {
  NodeId x = i.input(node, 0);
  const int block = block_of(node);
  need(i.shape(x).c % (block * block) == 0, node, "makes ", block, 'x', block, " places of ", i.shape(x).c,
       " channels");
  if (node.text("mode", "DCR") == "DCR") x = i.add(node, ChannelShuffle{block * block}, {x});
  return i.add(node, PixelShuffle{{block, block}}, {x});
}

NodeId space_to_depth(Importer& i, const Node& node) {
  const NodeId x = i.input(node, 0);
  const int block = block_of(node);
  const int channels = narrow(node, i.shape(x).c);
  const NodeId apart = i.add(node, PixelUnshuffle{{block, block}}, {x});
  return channels == 1 || node.text("mode", "DCR") == "CRD" ? apart
                                                            : i.add(node, ChannelShuffle{channels}, {apart});
}

}  // namespace

const Handlers& resizing() {
  static const Handlers table{{"Resize", resize},
                              {"Upsample", resize},
                              {"DepthToSpace", depth_to_space},
                              {"SpaceToDepth", space_to_depth}};
  return table;
}

}  // namespace zsq::onnx
