#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/onnx/tensor.h"

/// An ONNX file as it is written (onnx.proto of github.com/onnx/onnx), without its meaning. Names point into
/// the file's bytes.
namespace zsq::onnx {

/// A constant that lies in another file beside the model's.
struct ExternalData {
  std::string file;  // relative to the model's folder
  std::int64_t offset = 0;
  std::optional<std::int64_t> length;  // else to the end
};

struct TensorField {
  std::string_view name;
  Tensor tensor;                         // without bytes where they are external
  std::optional<ExternalData> external;  // where they are
};

/// The kinds that operators of convolutional networks have; a subgraph is only known to be there.
struct Attribute {
  std::string_view name;
  std::optional<std::int64_t> integer;
  std::optional<float> number;
  std::optional<std::string_view> text;
  std::optional<Tensor> tensor;
  std::vector<std::int64_t> integers;
  std::vector<float> numbers;
  bool has_subgraph = false;
};

struct Node {
  std::string_view name, op, domain;
  std::vector<std::string_view> inputs, outputs;  // "" where an optional one is left out
  std::vector<Attribute> attributes;
  std::string_view origin = {};   // what the file calls the operator, where it is no ONNX file
  std::string_view refusal = {};  // why it has no ONNX operator, where its reader knows

  const Attribute* find(std::string_view attribute) const;
  std::int64_t integer(std::string_view attribute, std::int64_t absent) const;
  float number(std::string_view attribute, float absent) const;
  std::string text(std::string_view attribute, std::string_view absent) const;
  std::vector<std::int64_t> integers(std::string_view attribute,
                                     const std::vector<std::int64_t>& absent = {}) const;
};

/// An input or output of the graph.
struct ValueInfo {
  std::string_view name;
  bool is_tensor = false;
  std::vector<std::optional<std::int64_t>> dims;  // none: given when it runs
};

struct Model {
  std::string producer;  // "pytorch 2.11.0"
  std::int64_t ir_version = 0;
  std::int64_t opset = 0;   // of the operators without a domain
  std::vector<Node> nodes;  // in execution order
  std::vector<TensorField> initializers;
  std::vector<ValueInfo> inputs, outputs;
  std::map<std::string, std::string> metadata;
};

/// Takes untrusted bytes, to which the model's views point. Throws Error (Fault::model) that begins with
/// `who` (the file's name) where they are no ONNX file or are damaged, (Fault::unsupported) for tensors of a
/// type that no convolutional network has.
Model decode_model(std::string_view bytes, const std::string& who);

}  // namespace zsq::onnx
