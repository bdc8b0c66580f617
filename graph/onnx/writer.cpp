#include "graph/onnx/writer.h"

#include "graph/op.h"

/// Field numbers are those of onnx.proto.
namespace zsq::onnx {
namespace {

MessageWriter written(const ModelWriter::NamedAttribute& attribute) {
  enum class Type { number = 1, integer = 2, text = 3, integers = 7 };
  MessageWriter message;
  message.bytes(1, attribute.name);
  const auto typed = [&](Type type) { message.integer(20, static_cast<std::int64_t>(type)); };
  std::visit(Overloaded{[&](std::int64_t v) {
                          message.integer(3, v);
                          typed(Type::integer);
                        },
                        [&](float v) {
                          message.number(2, v);
                          typed(Type::number);
                        },
                        [&](const std::string& v) {
                          message.bytes(4, v);
                          typed(Type::text);
                        },
                        [&](const std::vector<std::int64_t>& v) {
                          message.integers(8, v);
                          typed(Type::integers);
                        }},
             attribute.value);
  return message;
}

/// ValueInfoProto of a float tensor.
MessageWriter value(const std::string& name, const std::vector<std::int64_t>& dims) {
  MessageWriter shape, tensor, type, info;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    MessageWriter extent;
    if (i == 0) {
      extent.bytes(2, "n");
    } else {
      extent.integer(1, dims[i]);
    }
    shape.message(1, extent);
  }
  tensor.integer(1, static_cast<std::int64_t>(ElementType::f32));
  tensor.message(2, shape);
  type.message(1, tensor);
  info.bytes(1, name);
  info.message(2, type);
  return info;
}

}  // namespace

void ModelWriter::input(const std::string& name, const std::vector<std::int64_t>& dims) {
  inputs_.message(11, value(name, dims));
}

void ModelWriter::output(const std::string& name, const std::vector<std::int64_t>& dims) {
  outputs_.message(12, value(name, dims));
}

std::string ModelWriter::constant(const std::string& name, ElementType type,
                                  const std::vector<std::int64_t>& dims, std::string_view bytes) {
  MessageWriter tensor;
  if (!dims.empty()) tensor.integers(1, dims);
  tensor.integer(2, static_cast<std::int64_t>(type));
  tensor.bytes(8, name);
  tensor.bytes(9, bytes);
  constants_.message(5, tensor);
  return name;
}

std::string ModelWriter::node(const std::string& op, const std::string& name,
                              const std::vector<std::string>& inputs,
                              const std::vector<NamedAttribute>& attributes) {
  MessageWriter message;
  for (const std::string& input : inputs) message.bytes(1, input);
  message.bytes(2, name);
  message.bytes(3, name);
  message.bytes(4, op);
  for (const NamedAttribute& a : attributes) message.message(5, written(a));
  nodes_.message(1, message);
  return name;
}

std::string ModelWriter::finish(const Header& header) const {
  MessageWriter graph, opset, model;
  graph.append(nodes_);
  graph.bytes(2, header.graph);
  graph.append(constants_);
  graph.append(inputs_);
  graph.append(outputs_);
  opset.bytes(1, "");
  opset.integer(2, header.opset);
  model.integer(1, header.ir_version);
  model.bytes(2, header.producer);
  model.bytes(3, header.version);
  model.message(7, graph);
  model.message(8, opset);
  return model.written();
}

}  // namespace zsq::onnx
