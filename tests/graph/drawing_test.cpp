#include "graph/architectures/drawing.h"

#include <gtest/gtest.h>

#include "graph/architectures/architecture.h"
#include "graph/architectures/random_parameters.h"
#include "graph/architectures/stored_parameters.h"
#include "graph/check.h"

/// Networks as JSON: what is written is read as the same network.
namespace zsq {
namespace {

Graph redrawn(const Graph& graph) {
  const Blueprint drawn = drawn_network(drawing_of(graph), "net.json");
  RandomParameters parameters(1);  // each from its name alone
  return drawn.build(parameters, drawn.usual_input);
}

void expect_same(const Graph& got, const Graph& wanted) {
  ASSERT_EQ(got.nodes().size(), wanted.nodes().size());
  for (std::size_t i = 0; i < wanted.nodes().size(); ++i) {
    EXPECT_EQ(got.nodes()[i].name, wanted.nodes()[i].name);
    EXPECT_TRUE(got.nodes()[i].op == wanted.nodes()[i].op) << wanted.nodes()[i].name;
    EXPECT_EQ(got.nodes()[i].inputs, wanted.nodes()[i].inputs);
  }
  EXPECT_TRUE(std::ranges::equal(got.outputs(), wanted.outputs()));
}

TEST(Drawing, BuiltInNetworksComeBack) {
  for (const char* name : {"resnet20", "mobilenet_v2", "inception_v3", "efficientnet_lite0"}) {
    const Graph graph = random_architecture(name, 1).graph;
    expect_same(redrawn(graph), graph);
  }
}

/// One node of each op, with no field as it is by default.
TEST(Drawing, EveryOpComesBackWithItsFields) {
  RandomParameters parameters(1);
  Graph graph;
  const NodeId in = graph.add("in", Input{{1, 8, 12, 10}});
  const auto conv = [&](const std::string& name, std::int64_t out, Window window, int groups, NodeId of) {
    return graph.add(name,
                     Conv2d{parameters.array(name + ".weight", {out, graph[of].shape.c / groups,
                                                                window.kernel.h, window.kernel.w}),
                            parameters.vector(name + ".bias", out), window, groups},
                     {of});
  };
  const NodeId a = conv("a", 8, {{3, 2}, {2, 1}, {1, 2}, {1, 0, 1, 2}}, 2, in);
  const NodeId up = graph.add("up",
                              ConvTranspose2d{parameters.array("up.weight", {8, 3, 4, 3}),
                                              parameters.vector("up.bias", 6),
                                              {3, 2},
                                              {1, 2},
                                              {1, 0, 0, 1},
                                              {2, 1},
                                              2},
                              {a});
  const NodeId norm = graph.add("norm", parameters.batch_norm("norm", 6, 1e-3F), {up});
  const NodeId low = graph.add("low", Clamp{-std::numeric_limits<float>::infinity(), 6}, {norm});
  const NodeId leaky = graph.add("leaky", Pointwise{Function::leaky_relu, 0.25F}, {low});
  const NodeId silu = graph.add("silu", Pointwise{Function::silu, 0}, {leaky});
  const NodeId sum = graph.add("sum", Add{}, {silu, leaky});
  const NodeId most = graph.add("most", MaxPool2d{{{3, 3}, {2, 1}, {1, 1}, {1, 1, 0, 1}}}, {sum});
  const NodeId mean =
      graph.add("mean", AvgPool2d{{{2, 2}, {2, 2}, {1, 1}, {1, 1, 1, 1}}, Padded::included}, {most});
  const NodeId pad = graph.add("pad", Pad{{1, 1}, {0, 3}, {2, 0}, -1.5F}, {mean});
  const NodeId part = graph.add("part", Slice{{0, 8, 1}, {0, 9, 2}, {1, 9, 1}}, {pad});
  const NodeId mixed = graph.add("mixed", ChannelShuffle{4}, {part});
  const NodeId places = graph.add("places", PixelShuffle{{2, 2}}, {mixed});
  const NodeId channels = graph.add("channels", PixelUnshuffle{{1, 2}}, {places});
  const NodeId larger = graph.add("larger", Upsample{{1, 2}, Upsample::Mode::bilinear}, {channels});
  const NodeId both = graph.add("both", Concat{}, {larger, larger});
  const NodeId product = graph.add("product", Mul{}, {both, both});
  const NodeId pooled = graph.add("pooled", GlobalAvgPool{}, {product});
  const NodeId flat = graph.add("flat", Flatten{}, {pooled});
  const std::int64_t features = graph[flat].shape.c;
  const NodeId fc = graph.add("fc", Linear{parameters.array("fc.weight", {5, features, 1, 1}), {}}, {flat});
  const NodeId end = graph.add("end", Softmax{Softmax::Of::logarithms}, {fc});
  graph.mark_output(end);
  graph.mark_output(sum);
  expect_same(redrawn(graph), graph);
}

const std::string kNet = R"({"format": "zsq-graph", "version": 1, "nodes": [
  {"name": "input", "op": "input", "shape": [3, 8, 8]},
  {"name": "conv1", "op": "conv2d", "in": ["input"], "out": 4, "kernel": 3, "padding": 1},
  {"name": "relu", "op": "clamp", "in": ["conv1"]},
  {"name": "again", "op": "conv2d", "in": ["input"], "out": 4, "kernel": 3, "padding": 1, "parameters": "conv1"},
  {"name": "sum", "op": "add", "in": ["relu", "again"]}]})";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kNet;
  text.replace(text.find(from), from.size(), to);
  return text;
}

std::string refusal(const std::string& text) {
  try {
    const Blueprint drawn = drawn_network(text, "net.json");
    StateDict state{{"conv1.weight", {{4, 3, 3, 3}, std::vector<float>(108, 0.5F)}}};
    StoredParameters parameters(state, "w.pth", "net.json");
    drawn.build(parameters, drawn.usual_input);
    parameters.finish();
    return "";
  } catch (const Error& e) {
    return e.what();
  }
}

TEST(Drawing, WrittenByHand) { EXPECT_EQ(refusal(kNet), ""); }

TEST(Drawing, RefusalsSayWhereAndWhatWasMeant) {
  for (const auto& [from, to, said] :
       {std::tuple{R"("kernel": 3)", R"("kernal": 3)", "did you mean \"kernel\""},
        {R"("op": "clamp")", R"("op": "clam")", "did you mean 'clamp'"},
        {R"("in": ["conv1"])", R"("in": ["conv2"])", "did you mean 'conv1'"},
        {R"("name": "conv1")", R"("name": "convl")", "there is no node 'conv1'"},
        {R"("parameters": "conv1")", R"("parameters": "conv2")", "'conv2.weight' is missing"},
        {R"("out": 4,)", R"("out": 5,)", "sum: adds [1,5,8,8] and [1,4,8,8]"},
        {R"("out": 4,)", "", "\"out\" must say"},
        {R"("version": 1)", R"("version": 2)", "\"version\" is not 1"},
        {R"("zsq-graph")", R"("other")", "--write-graph"},
        {R"("shape": [3, 8, 8])", R"("shape": [3, 8])", "[channels, height, width]"},
        {R"("kernel": 3)", R"("kernel": 3, "groups": 2)", "does not divide 3 channels"},
        {R"("kernel": 3)", R"("kernel": 16384, "groups": 1)", "net.json"},
        {R"("out": 4,)", R"("out": 16777216, "dilation": 0,)", "\"dilation\" is 0"},
        {R"({"name": "relu", "op": "clamp", "in": ["conv1"]})", R"(7)", "not an object"},
        {R"("op": "add", "in": ["relu", "again"])", R"("op": "add", "in": ["relu"])", "sum"}}) {
    const std::string message = refusal(changed(from, to));
    EXPECT_NE(message.find(said), std::string::npos) << to << ": " << message;
  }
}

}  // namespace
}  // namespace zsq
