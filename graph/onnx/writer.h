#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/onnx/protobuf.h"

namespace zsq::onnx {

/// An attribute's value.
using AttributeValue = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;

/// The types that constants are written with.
enum class ElementType { f32 = 1, u8 = 2, i8 = 3, i32 = 6, i64 = 7, i4 = 22 };  // i4: two to a byte

/// Puts an ONNX model together, in execution order. The same calls give the same bytes.
class ModelWriter {
 public:
  struct NamedAttribute {
    std::string name;
    AttributeValue value;
  };

  /// A value of the whole network; the batch, the first extent, is left open.
  void input(const std::string& name, const std::vector<std::int64_t>& dims);
  void output(const std::string& name, const std::vector<std::int64_t>& dims);

  /// Adds a constant and returns its name. bytes: little-endian, row-major.
  std::string constant(const std::string& name, ElementType type, const std::vector<std::int64_t>& dims,
                       std::string_view bytes);

  /// Adds an operator with one output, which has its name; returns that.
  std::string node(const std::string& op, const std::string& name, const std::vector<std::string>& inputs,
                   const std::vector<NamedAttribute>& attributes = {});

  struct Header {
    std::string producer, version, graph;
    std::int64_t opset = 13, ir_version = 8;
  };

  /// The file's bytes.
  std::string finish(const Header& header) const;

 private:
  MessageWriter nodes_, constants_, inputs_, outputs_;
};

}  // namespace zsq::onnx
