#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "graph/check.h"
#include "graph/onnx/onnx.h"
#include "graph/onnx/writer.h"

/// Small models, written here, as exporters write them.
namespace zsq {
namespace {

using onnx::ElementType;
using onnx::ModelWriter;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// A model of an image 4x6x6, which ends in "y".
class Draft : public ModelWriter {
 public:
  Draft() {
    input("x", {1, 4, 6, 6});
    output("y", {1, 4, 6, 6});
  }
  std::string floats(const std::string& name, const std::vector<float>& values,
                     std::vector<std::int64_t> dims) {
    return constant(name, ElementType::f32, dims, bytes_of(values));
  }
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values) {
    return constant(name, ElementType::i64, {std::ssize(values)}, bytes_of(values));
  }
  std::string scalar(const std::string& name, std::int64_t value) {
    return constant(name, ElementType::i64, {}, bytes_of(std::vector{value}));
  }
  std::string bytes(std::int64_t opset = 17) const {
    return finish({.producer = "test", .version = "1", .graph = "g", .opset = opset});
  }
};

Graph read(const Draft& draft, std::int64_t opset = 17) {
  return import_onnx(draft.bytes(opset), {}, "x").graph;
}

std::string refusal(const std::string& bytes, const ImportOptions& options = {}) {
  try {
    import_onnx(bytes, options, "x");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

template <class T>
const T* last_op(const Graph& graph) {
  return std::get_if<T>(&graph.nodes().back().op);
}

/// ShuffleNet's, with extents that are computed from the value's own.
TEST(OnnxImport, SeesAChannelShuffleInReshapesOfComputedExtents) {
  Draft d;
  const std::string shape = d.node("Shape", "shape", {"x"});
  const std::string n = d.node("Gather", "n", {shape, d.integers("zero", {0})}, {{"axis", std::int64_t{0}}});
  const std::string five =
      d.node("Concat", "five", {n, d.integers("groups", {2, 2, 6, 6})}, {{"axis", std::int64_t{0}}});
  const std::string apart = d.node("Reshape", "apart", {"x", five});
  const std::string swapped =
      d.node("Transpose", "swapped", {apart}, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3, 4}}});
  d.node("Reshape", "y", {swapped, d.integers("four", {0, -1, 6, 6})});
  const Graph graph = read(d);
  ASSERT_NE(last_op<ChannelShuffle>(graph), nullptr);
  EXPECT_EQ(last_op<ChannelShuffle>(graph)->groups, 2);
}

TEST(OnnxImport, TakesPartsOfASequenceAfterAShuffle) {
  Draft d;
  const std::string apart = d.node("Reshape", "apart", {"x", d.integers("five", {1, 2, 2, 6, 6})});
  const std::string swapped =
      d.node("Transpose", "swapped", {apart}, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3, 4}}});
  const std::string shuffled = d.node("Reshape", "shuffled", {swapped, d.integers("four", {1, 4, 6, 6})});
  const std::string parts =
      d.node("SplitToSequence", "parts", {shuffled, d.scalar("two", 2)}, {{"axis", std::int64_t{1}}});
  const std::string second = d.node("SequenceAt", "second", {parts, d.scalar("one", 1)});
  d.node("Relu", "y", {second});
  const Graph graph = read(d);
  ASSERT_EQ(graph.nodes().size(), 4U);
  EXPECT_TRUE(std::holds_alternative<ChannelShuffle>(graph.nodes()[1].op));
  const auto* slice = std::get_if<Slice>(&graph.nodes()[2].op);
  ASSERT_NE(slice, nullptr);
  EXPECT_EQ(slice->c, (Slice::Range{2, 4, 1}));
}

/// The exporter's padding chain: a constant, reversed in pairs.
TEST(OnnxImport, EvaluatesPaddingChains) {
  Draft d;
  const std::string zeros = d.node("ConstantOfShape", "zeros", {d.integers("count", {4})});
  const std::string all =
      d.node("Concat", "all",
             {d.integers("given", {0, 1, 0, 2}), d.node("Cast", "whole", {zeros}, {{"to", std::int64_t{7}}})},
             {{"axis", std::int64_t{0}}});
  const std::string pairs = d.node("Reshape", "pairs", {all, d.integers("rows", {-1, 2})});
  const std::string reversed = d.node("Slice", "reversed",
                                      {pairs, d.integers("from", {-1}), d.integers("to", {INT64_MIN}),
                                       d.integers("axis", {0}), d.integers("step", {-1})});
  const std::string turned =
      d.node("Transpose", "turned", {reversed}, {{"perm", std::vector<std::int64_t>{1, 0}}});
  const std::string amounts = d.node("Reshape", "amounts", {turned, d.integers("flat", {-1})});
  d.node("Pad", "y", {"x", amounts});
  const Graph graph = read(d);
  const auto* pad = last_op<Pad>(graph);
  ASSERT_NE(pad, nullptr);
  EXPECT_EQ(pad->h, (Pad::Amount{0, 2}));
  EXPECT_EQ(pad->w, (Pad::Amount{0, 1}));
}

TEST(OnnxImport, ReadsSilusAndHardswishesAsTheyAreWritten) {
  Draft d;
  const std::string gate = d.node("Sigmoid", "gate", {"x"});
  const std::string silu = d.node("Mul", "silu", {"x", gate});
  const std::string hard = d.node("HardSigmoid", "hard", {silu}, {{"alpha", 1.0F / 6}});
  d.node("Mul", "y", {hard, silu});
  const Graph graph = read(d);
  ASSERT_EQ(graph.nodes().size(), 3U);
  EXPECT_TRUE(graph.nodes()[1].op == Op(Pointwise{Function::silu, 0}));
  EXPECT_TRUE(graph.nodes()[2].op == Op(Pointwise{Function::hardswish, 0}));
}

TEST(OnnxImport, NamesLayersAfterTheirModules) {
  Draft d;
  d.floats("features.0.weight", std::vector<float>(16, 1), {4, 4, 1, 1});
  const std::string y = d.node("Conv", "/features/features.0/Conv_output", {"x", "features.0.weight"});
  d.node("Relu", "y", {y});
  EXPECT_EQ(read(d).nodes()[1].name, "features.0");
}

/// A ValueInfoProto of 1x4x6x6.
onnx::MessageWriter value(const std::string& name) {
  onnx::MessageWriter shape, tensor, type, info;
  for (const std::int64_t extent : {1, 4, 6, 6}) {
    onnx::MessageWriter dim;
    dim.integer(1, extent);
    shape.message(1, dim);
  }
  tensor.integer(1, 1);
  tensor.message(2, shape);
  type.message(1, tensor);
  info.bytes(1, name);
  info.message(2, type);
  return info;
}

/// A convolution whose 4x4 weights lie in another file.
std::string model_with_external(const std::string& file, const std::string& offset) {
  const auto entry = [](const char* key, const std::string& text) {
    onnx::MessageWriter both;
    both.bytes(1, key);
    both.bytes(2, text);
    return both;
  };
  onnx::MessageWriter tensor, node, graph, opset, model;
  tensor.integers(1, {4, 4, 1, 1});
  tensor.integer(2, 1);
  tensor.bytes(8, "w");
  tensor.message(13, entry("location", file));
  tensor.message(13, entry("offset", offset));
  tensor.integer(14, 1);
  for (const char* input : {"x", "w"}) node.bytes(1, input);
  node.bytes(2, "y");
  node.bytes(4, "Conv");
  graph.message(1, node);
  graph.message(5, tensor);
  graph.message(11, value("x"));
  graph.message(12, value("y"));
  opset.integer(2, 17);
  model.integer(1, 8);
  model.message(7, graph);
  model.message(8, opset);
  return model.written();
}

TEST(OnnxImport, ReadsExternalTensorsAndRefusesThoseElsewhere) {
  const auto folder = std::filesystem::temp_directory_path() / ("zsq_onnx_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "w.bin", std::ios::binary) << "1234" << bytes_of(std::vector<float>(16, 2));
  const std::string who = (folder / "m.onnx").string();
  const Graph graph = import_onnx(model_with_external("w.bin", "4"), {}, who).graph;
  EXPECT_EQ(std::get<Conv2d>(graph.nodes().back().op).weight.values, std::vector<float>(16, 2));
  for (const char* file : {"../w.bin", "/etc/passwd", "", "missing.bin"})
    EXPECT_THROW(import_onnx(model_with_external(file, "4"), {}, who), Error) << file;
  for (const char* offset : {"5", "18446744073709551615", "-4", "x"})
    EXPECT_THROW(import_onnx(model_with_external("w.bin", offset), {}, who), Error) << offset;
  std::filesystem::remove_all(folder);
}

TEST(OnnxImport, RefusesWhatIsQuantizedAlreadyAndWhatItDoesNotKnow) {
  Draft quantized;
  quantized.node("QuantizeLinear", "y", {"x", quantized.floats("s", {1}, {})});
  EXPECT_NE(refusal(quantized.bytes()).find("quantized already"), std::string::npos);
  Draft unknown;
  unknown.node("Det", "y", {unknown.node("LRN", "l", {"x"})});
  EXPECT_NE(refusal(unknown.bytes()).find("1 more such"), std::string::npos) << refusal(unknown.bytes());
  Draft old;
  old.node("Relu", "y", {"x"});
  EXPECT_NE(refusal(old.bytes(8)).find("operator set 8"), std::string::npos);
  EXPECT_NE(refusal(old.bytes(), {.input = Shape{1, 3, 8, 8}}).find("as the file says"), std::string::npos);
}

/// A few bytes that ask for endless work.
TEST(OnnxImport, BoundsWhatASmallFileMakes) {
  Draft doubling;
  std::string last = doubling.integers("one", {1});
  for (int i = 0; i < 60; ++i)
    last = doubling.node("Concat", std::to_string(i), {last, last}, {{"axis", std::int64_t{0}}});
  doubling.node("Reshape", "y", {"x", last});
  EXPECT_NE(refusal(doubling.bytes()).find("many times larger than its file"), std::string::npos);
  Draft filled;
  filled.node("Reshape", "y",
              {"x", filled.node("ConstantOfShape", "c", {filled.integers("d", {1 << 20, 1 << 20})})});
  EXPECT_NE(refusal(filled.bytes()).find("many times larger"), std::string::npos) << refusal(filled.bytes());
  Draft huge;
  huge.node("Reshape", "y",
            {"x", huge.node("Expand", "e", {huge.integers("a", {1}), huge.integers("d", {INT64_MAX, 8})})});
  EXPECT_NE(refusal(huge.bytes()), "");
}

TEST(OnnxImport, EveryBeginningOfAModelIsRefused) {
  Draft d;
  d.floats("w", std::vector<float>(16, 1), {4, 4, 1, 1});
  d.node("Relu", "y", {d.node("Conv", "c", {"x", "w"})});
  const std::string whole = d.bytes();
  const auto end = whole.rfind("\x42");  // the operator set, which comes last
  for (std::size_t size = 0; size < end; ++size) EXPECT_NE(refusal(whole.substr(0, size)), "") << size;
}

}  // namespace
}  // namespace zsq
