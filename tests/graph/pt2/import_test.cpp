#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "graph/file.h"
#include "graph/graph.h"
#include "graph/pt2/pt2.h"
#include "graph/zip.h"
#include "tests/graph/checkpoint_bytes.h"

/// What is read out of a real archive, and archives with one thing changed.
namespace zsq {
namespace {

using checkpoint_bytes::zip;

class Pt2 : public testing::Test {
 protected:
  void SetUp() override {
    const char* source = std::getenv("ZSQ_SOURCE_DIR");
    ASSERT_NE(source, nullptr) << "$ZSQ_SOURCE_DIR must name the project's folder";
    const std::string bytes = read_file(std::filesystem::path(source) / "tests/fuzz/seeds/pt2/residual.pt2");
    for (const auto& [name, entry] : parse_zip(bytes, "x")) files_.emplace_back(name, entry.bytes);
  }

  /// In the file of that ending.
  void change(const std::string& ending, const std::string& from, const std::string& to) {
    for (auto& [name, content] : files_)
      if (name.ends_with(ending)) {
        const auto at = content.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        content.replace(at, from.size(), to);
        return;
      }
    FAIL() << ending;
  }

  Graph read() const { return import_pt2(zip(files_), {}, "x.pt2").graph; }

  /// The error after that change, which is of that fault.
  std::string refused(const std::string& ending, const std::string& from, const std::string& to,
                      Fault fault) {
    const auto kept = files_;
    change(ending, from, to);
    std::string message = "was read";
    try {
      read();
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), fault) << e.what();
      message = e.what();
    }
    files_ = kept;
    EXPECT_TRUE(message.starts_with("x.pt2")) << message << " after " << to;
    return message;
  }

  std::vector<std::pair<std::string, std::string>> files_;
};

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

TEST_F(Pt2, NamesNodesAfterTheirModules) {
  const Graph graph = read();
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) names.push_back(node.name);
  EXPECT_NE(std::ranges::find(names, "conv1"), names.end());
  EXPECT_NE(std::ranges::find(names, "bn3"), names.end());
  EXPECT_EQ(graph.input_shape(), (Shape{1, 4, 6, 6}));
}

TEST_F(Pt2, OtherVersionsAreRefusedWithAdvice) {
  const std::string newer = refused("model.json", R"("major":8)", R"("major":9)", Fault::unsupported);
  EXPECT_TRUE(has(newer, "schema 9") && has(newer, "torch.export.save")) << newer;
  files_.emplace_back("model/data/weights/model.pt", "pickle");
  EXPECT_TRUE(has(refused("archive_format", "pt2", "pt2", Fault::unsupported), "pickled"));
  files_ = {{"serialized_exported_program.json", "{}"}, {"version", "7"}};
  EXPECT_TRUE(has(refused("version", "7", "7", Fault::unsupported), "before PyTorch 2.8"));
}

TEST_F(Pt2, BigEndianOnesAreRefused) {
  EXPECT_TRUE(has(refused("byteorder", "little", "big", Fault::unsupported), "big-endian"));
}

TEST_F(Pt2, UnknownOperatorsAreRefusedByTheirName) {
  const std::string message =
      refused("model.json", "aten.relu6.default", "aten.erfinv.default", Fault::unsupported);
  EXPECT_TRUE(has(message, "aten.erfinv.default")) << message;
  const std::string dim = refused("model.json", R"("target":"torch.ops.aten.relu.default")",
                                  R"("target":"torch.ops.aten.squeeze.default")", Fault::unsupported);
  EXPECT_TRUE(has(dim, "aten.squeeze.default") && has(dim, "name the axes")) << dim;
}

TEST_F(Pt2, DamagedOnesAreRefused) {
  const char *program = "model.json", *weights = "model_weights_config.json";
  for (const auto& [file, from, to] :
       {std::tuple{program, R"("graph_module":)", R"("graph_nodule":)"},
        {program, R"("arg":{"as_tensor":{"name":"x"})", R"("arg":{"as_tensor":{"name":"y"})"},
        {program, R"("target":)", R"("target":7,"targ":)"},
        {program, R"("as_ints":[)", R"("as_ints":["a",)"},
        {program, R"("as_ints":[)", R"("as_ints":[1e400,)"},
        {program, R"({"graph_module")", R"({"graph_module":1,"graph_module")"},
        {weights, R"("sizes":[{"as_int":6})", R"("sizes":[{"as_int":7})"},
        {weights, R"("sizes":[{"as_int":6})", R"("sizes":[{"as_int":-6})"},
        {weights, R"("sizes":[{"as_int":6})", R"("sizes":[{"as_int":4611686018427387904})"},
        {weights, R"("strides":[{"as_int":)", R"("strides":[{"as_int":1},{"as_int":)"},
        {weights, R"("storage_offset":{"as_int":0)", R"("storage_offset":{"as_int":1)"},
        {weights, R"("path_name":"weight_0")", R"("path_name":"weight_x")"}})
    refused(file, from, to, Fault::model);
}

/// A weight whose strides repeat one value would be far larger than the file.
TEST_F(Pt2, TensorsHaveNoMoreValuesThanTheFile) {
  change("model_weights_config.json", R"("sizes":[{"as_int":6},{"as_int":4},{"as_int":3},{"as_int":3}])",
         R"("sizes":[{"as_int":1048576},{"as_int":4096},{"as_int":4096},{"as_int":1}])");
  const std::string strides = refused(
      "model_weights_config.json", R"("strides":[{"as_int":36},{"as_int":9},{"as_int":3},{"as_int":1}])",
      R"("strides":[{"as_int":0},{"as_int":0},{"as_int":0},{"as_int":0}])", Fault::model);
  EXPECT_TRUE(has(strides, "more values than the file")) << strides;
}

}  // namespace
}  // namespace zsq
