#include "graph/architectures/inception_v3.h"

#include "graph/architectures/layers.h"

namespace zsq {
namespace {

constexpr float kEpsilon = 1e-3F;

/// A convolution with its batch norm and ReLU.
struct Part {
  const char* name;
  std::int64_t out;
  Size2 kernel = {1, 1};
  int stride = 1;
};

constexpr Size2 kRow{1, 7}, kColumn{7, 1}, kShortRow{1, 3}, kShortColumn{3, 1};

class Builder {
 public:
  Builder(NamedParameters& parameters, const Shape& input) : parameters_(parameters), layers_(parameters, input) {}

  Graph build() {
    stem();
    pools_after("Mixed_5b.", 32);
    pools_after("Mixed_5c.", 64);
    pools_after("Mixed_5d.", 64);
    shrink_to_17();
    factorised("Mixed_6b.", 128);
    factorised("Mixed_6c.", 160);
    factorised("Mixed_6d.", 160);
    factorised("Mixed_6e.", 192);
    shrink_to_8();
    widest("Mixed_7b.");
    widest("Mixed_7c.");
    layers_.add("avgpool", GlobalAvgPool{});
    layers_.linear("fc", parameters_.outputs("fc.weight", 1000));
    return layers_.take();
  }

 private:
  enum class Edge { padded, cut };  // whether a window may begin outside the image

  void layer(const std::string& block, const Part& part, Edge edge = Edge::padded) {
    const std::string name = block + part.name;
    const int rows = edge == Edge::padded ? part.kernel.h / 2 : 0;
    const int columns = edge == Edge::padded ? part.kernel.w / 2 : 0;
    layers_.conv(name + ".conv", {.out = part.out,
                                  .kernel = part.kernel,
                                  .stride = {part.stride, part.stride},
                                  .padding = {rows, columns, rows, columns}});
    layers_.norm(name + ".bn", kEpsilon);
    layers_.clamp(name + ".relu");
  }

  /// Layers one after another; what the last gives.
  NodeId branch(const std::string& block, NodeId from, std::initializer_list<Part> parts) {
    layers_.go_on_from(from);
    for (const Part& part : parts) layer(block, part, part.stride > 1 ? Edge::cut : Edge::padded);
    return layers_.value();
  }

  NodeId average_branch(const std::string& block, NodeId from, std::int64_t out) {
    layers_.go_on_from(from);
    layers_.add(block + "avg_pool2d", AvgPool2d{{{3, 3}, {}, {}, padding_of(1)}, Padded::included});
    layer(block, {"branch_pool", out});
    return layers_.value();
  }

  NodeId maximum_branch(const std::string& block, NodeId from) {
    layers_.go_on_from(from);
    maximum(block + "max_pool2d");
    return layers_.value();
  }

  void maximum(const std::string& name) { layers_.add(name, MaxPool2d{{{3, 3}, {2, 2}, {}, {}}}); }

  void stem() {
    layer("", {"Conv2d_1a_3x3", 32, {3, 3}, 2}, Edge::cut);
    layer("", {"Conv2d_2a_3x3", 32, {3, 3}}, Edge::cut);
    layer("", {"Conv2d_2b_3x3", 64, {3, 3}});
    maximum("maxpool1");
    layer("", {"Conv2d_3b_1x1", 80});
    layer("", {"Conv2d_4a_3x3", 192, {3, 3}}, Edge::cut);
    maximum("maxpool2");
  }

  void pools_after(const std::string& block, std::int64_t pooled) {
    const NodeId in = layers_.value();
    const NodeId a = branch(block, in, {{"branch1x1", 64}});
    const NodeId b = branch(block, in, {{"branch5x5_1", 48}, {"branch5x5_2", 64, {5, 5}}});
    const NodeId c = branch(
        block, in, {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, {3, 3}}, {"branch3x3dbl_3", 96, {3, 3}}});
    layers_.add(block + "cat", Concat{}, {a, b, c, average_branch(block, in, pooled)});
  }

  void shrink_to_17() {
    const std::string block = "Mixed_6a.";
    const NodeId in = layers_.value();
    const NodeId a = branch(block, in, {{"branch3x3", 384, {3, 3}, 2}});
    const NodeId b =
        branch(block, in,
               {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, {3, 3}}, {"branch3x3dbl_3", 96, {3, 3}, 2}});
    layers_.add(block + "cat", Concat{}, {a, b, maximum_branch(block, in)});
  }

  void factorised(const std::string& block, std::int64_t width) {
    const NodeId in = layers_.value();
    const NodeId a = branch(block, in, {{"branch1x1", 192}});
    const NodeId b = branch(
        block, in, {{"branch7x7_1", width}, {"branch7x7_2", width, kRow}, {"branch7x7_3", 192, kColumn}});
    const NodeId c = branch(block, in,
                            {{"branch7x7dbl_1", width},
                             {"branch7x7dbl_2", width, kColumn},
                             {"branch7x7dbl_3", width, kRow},
                             {"branch7x7dbl_4", width, kColumn},
                             {"branch7x7dbl_5", 192, kRow}});
    layers_.add(block + "cat", Concat{}, {a, b, c, average_branch(block, in, 192)});
  }

  void shrink_to_8() {
    const std::string block = "Mixed_7a.";
    const NodeId in = layers_.value();
    const NodeId a = branch(block, in, {{"branch3x3_1", 192}, {"branch3x3_2", 320, {3, 3}, 2}});
    const NodeId b = branch(block, in,
                            {{"branch7x7x3_1", 192},
                             {"branch7x7x3_2", 192, kRow},
                             {"branch7x7x3_3", 192, kColumn},
                             {"branch7x7x3_4", 192, {3, 3}, 2}});
    layers_.add(block + "cat", Concat{}, {a, b, maximum_branch(block, in)});
  }

  void widest(const std::string& block) {
    const NodeId in = layers_.value();
    const NodeId a = branch(block, in, {{"branch1x1", 320}});
    const NodeId b = fork(block, branch(block, in, {{"branch3x3_1", 384}}), "branch3x3_2");
    const NodeId c =
        fork(block, branch(block, in, {{"branch3x3dbl_1", 448}, {"branch3x3dbl_2", 384, {3, 3}}}),
             "branch3x3dbl_3");
    layers_.add(block + "cat", Concat{}, {a, b, c, average_branch(block, in, 192)});
  }

  /// A row and a column of three beside each other.
  NodeId fork(const std::string& block, NodeId from, const std::string& name) {
    const std::string row = name + 'a', column = name + 'b';
    const NodeId a = branch(block, from, {{row.c_str(), 384, kShortRow}});
    const NodeId b = branch(block, from, {{column.c_str(), 384, kShortColumn}});
    layers_.add(block + name + "_cat", Concat{}, {a, b});
    return layers_.value();
  }

  NamedParameters& parameters_;
  Layers layers_;
};

Blueprint blueprint(std::int64_t channels = 3) {
  return {
      .name = "inception_v3",
      .title = "InceptionV3",
      .usual_input = {1, channels, 299, 299},
      .build = [](NamedParameters& parameters, const Shape& input) { return Builder(parameters, input).build(); },
      .belongs_elsewhere = "AuxLogits."};
}

std::optional<Blueprint> recognise(const StateDict& state) {
  const auto stem = convolution(state, "Conv2d_1a_3x3.conv.weight");
  const bool looks_like = stem.has_value() && state.contains("Mixed_7c.branch_pool.conv.weight");
  return looks_like ? std::optional(blueprint(stem->c)) : std::nullopt;
}

std::optional<Blueprint> named(std::string_view name) {
  return name == "inception_v3" ? std::optional(blueprint()) : std::nullopt;
}

}  // namespace

Family inceptions() { return {recognise, named, {"inception_v3"}}; }

}  // namespace zsq
