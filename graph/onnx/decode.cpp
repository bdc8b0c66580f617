#include <algorithm>
#include <charconv>
#include <cstring>

#include "graph/check.h"
#include "graph/onnx/model.h"
#include "graph/onnx/protobuf.h"

namespace zsq::onnx {
namespace {

/// Far beyond any network; objects for them take more memory than the few bytes that they are in the file.
constexpr std::size_t kMostObjects = std::size_t{1} << 17;

void check_count(std::size_t count, const char* what, const std::string& who) {
  check(count < kMostObjects, Fault::model, who, " has more than ", kMostObjects, ' ', what,
        ", which no convolutional network has");
}

/// TensorProto.DataType
DType dtype_of(std::int64_t code, const std::string& who) {
  switch (code) {
    case 1: return DType::f32;
    case 2: return DType::u8;
    case 3: return DType::i8;
    case 4: return DType::u16;
    case 5: return DType::i16;
    case 6: return DType::i32;
    case 7: return DType::i64;
    case 9: return DType::boolean;
    case 10: return DType::f16;
    case 11: return DType::f64;
    case 12: return DType::u32;
    case 16: return DType::bf16;
    default:
      fail(Fault::unsupported, who, " has a tensor of ONNX's type ", code,
           ", which zsq does not read; save the model with float32 weights");
  }
}

template <class To, class From>
void append(std::string& bytes, const std::vector<From>& values) {
  for (const From v : values) {
    const To element = static_cast<To>(v);
    bytes.append(reinterpret_cast<const char*>(&element), sizeof element);
  }
}

/// int32_data holds all types of up to 32 bits; halves as their bits.
void append_as(DType dtype, std::string& bytes, const std::vector<std::int64_t>& values) {
  switch (bytes_of(dtype)) {
    case 1: append<std::uint8_t>(bytes, values); return;
    case 2: append<std::uint16_t>(bytes, values); return;
    case 4: append<std::uint32_t>(bytes, values); return;
    default: append<std::int64_t>(bytes, values); return;
  }
}

/// Key and value of a StringStringEntryProto.
std::pair<std::string, std::string> entry_in(std::string_view bytes, const std::string& who) {
  std::pair<std::string, std::string> entry;
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    if (f.number == 1) entry.first = f.bytes;
    if (f.number == 2) entry.second = f.bytes;
  }
  return entry;
}

std::int64_t number_in(const std::string& text, const std::string& who) {
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  check(error == std::errc() && end == text.data() + text.size() && value >= 0, Fault::model, who,
        " has an external tensor at '", text, "', needed a number of bytes; fetch or save it again");
  return value;
}

void check_size(const Tensor& t, const std::string& who) {
  const auto wanted = static_cast<std::size_t>(product(t.dims, who)) * bytes_of(t.dtype);
  check(t.bytes.size() == wanted, Fault::model, who, " is damaged or incomplete: a tensor has ",
        t.bytes.size(), " bytes, its extents need ", wanted, "; fetch or save it again");
}

TensorField tensor_in(std::string_view bytes, const std::string& who) {
  TensorField field;
  Tensor& tensor = field.tensor;
  std::int64_t type = 0, location = 0;
  std::string_view raw;
  std::vector<std::int64_t> small, large;
  std::vector<float> floats;
  std::vector<double> doubles;
  ExternalData external;
  const auto extend = [](auto& list, const auto& more) { list.insert(list.end(), more.begin(), more.end()); };
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    switch (f.number) {
      case 1: extend(tensor.dims, integers_in(f, who)); break;
      case 2: type = f.integer(); break;
      case 4: extend(floats, floats_in(f, who)); break;
      case 5: extend(small, integers_in(f, who)); break;
      case 7:
      case 11: extend(large, integers_in(f, who)); break;
      case 8: field.name = f.bytes; break;
      case 9: raw = f.bytes; break;
      case 10: extend(doubles, doubles_in(f, who)); break;
      case 13: {
        const auto [key, value] = entry_in(f.bytes, who);
        if (key == "location") external.file = value;
        if (key == "offset") external.offset = number_in(value, who);
        if (key == "length") external.length = number_in(value, who);
        break;
      }
      case 14: location = f.integer(); break;
      default: break;
    }
  }
  tensor.dtype = dtype_of(type, who);
  if (location == 1) {
    product(tensor.dims, who);
    field.external = std::move(external);
    return field;
  }
  tensor.bytes = raw;
  if (raw.empty() && (!floats.empty() || !small.empty() || !large.empty() || !doubles.empty())) {
    auto own = std::make_shared<std::string>();
    append<float>(*own, floats);
    append_as(tensor.dtype, *own, small);
    append_as(tensor.dtype, *own, large);
    append<double>(*own, doubles);
    tensor.bytes = *own;
    tensor.own = own;
  }
  check_size(tensor, who);
  return field;
}

Attribute attribute_in(std::string_view bytes, const std::string& who) {
  Attribute a;
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    const auto extend = [](auto& list, const auto& more) {
      list.insert(list.end(), more.begin(), more.end());
    };
    switch (f.number) {
      case 1: a.name = f.bytes; break;
      case 2: a.number = floats_in({.type = WireType::fixed32, .value = f.value}, who).front(); break;
      case 3: a.integer = f.integer(); break;
      case 4: a.text = f.bytes; break;
      case 5: a.tensor = tensor_in(f.bytes, who).tensor; break;
      case 6:
      case 11: a.has_subgraph = true; break;
      case 7: extend(a.numbers, floats_in(f, who)); break;
      case 8: extend(a.integers, integers_in(f, who)); break;
      default: break;
    }
  }
  return a;
}

Node node_in(std::string_view bytes, const std::string& who) {
  Node node;
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    switch (f.number) {
      case 1: node.inputs.push_back(f.bytes); break;
      case 2: node.outputs.push_back(f.bytes); break;
      case 3: node.name = f.bytes; break;
      case 4: node.op = f.bytes; break;
      case 5:
        check(node.attributes.size() < 64, Fault::model, who,
              " has an operator with more than 64 attributes");
        node.attributes.push_back(attribute_in(f.bytes, who));
        break;
      case 7: node.domain = f.bytes; break;
      default: break;
    }
  }
  if (node.domain == "ai.onnx") node.domain = "";
  return node;
}

/// TensorShapeProto
std::vector<std::optional<std::int64_t>> dims_in(std::string_view bytes, const std::string& who) {
  std::vector<std::optional<std::int64_t>> dims;
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    if (f.number != 1) continue;
    std::optional<std::int64_t> extent;
    for (MessageReader parts(f.bytes, who); !parts.done();) {
      const Field part = parts.next();
      if (part.number == 1 && part.integer() > 0) extent = part.integer();  // 0 and -1 stand for unknown ones
    }
    dims.push_back(extent);
  }
  return dims;
}

/// ValueInfoProto > TypeProto > TypeProto.Tensor > TensorShapeProto
ValueInfo value_in(std::string_view bytes, const std::string& who) {
  ValueInfo value;
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    if (f.number == 1) value.name = f.bytes;
    if (f.number != 2) continue;
    for (MessageReader types(f.bytes, who); !types.done();) {
      const Field type = types.next();
      if (type.number != 1) continue;
      value.is_tensor = true;
      for (MessageReader parts(type.bytes, who); !parts.done();) {
        const Field part = parts.next();
        if (part.number == 2) value.dims = dims_in(part.bytes, who);
      }
    }
  }
  return value;
}

void read_graph(std::string_view bytes, Model& model, const std::string& who) {
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    switch (f.number) {
      case 1:
        check_count(model.nodes.size(), "operators", who);
        model.nodes.push_back(node_in(f.bytes, who));
        break;
      case 5:
        check_count(model.initializers.size(), "constants", who);
        model.initializers.push_back(tensor_in(f.bytes, who));
        break;
      case 11:
        check_count(model.inputs.size(), "inputs", who);
        model.inputs.push_back(value_in(f.bytes, who));
        break;
      case 12:
        check_count(model.outputs.size(), "outputs", who);
        model.outputs.push_back(value_in(f.bytes, who));
        break;
      default: break;
    }
  }
}

/// OperatorSetIdProto, of the operators without a domain.
std::optional<std::int64_t> opset_in(std::string_view bytes, const std::string& who) {
  std::string_view domain;
  std::int64_t version = 0;
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    if (f.number == 1) domain = f.bytes;
    if (f.number == 2) version = f.integer();
  }
  return domain.empty() || domain == "ai.onnx" ? std::optional(version) : std::nullopt;
}

}  // namespace

const Attribute* Node::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

std::int64_t Node::integer(std::string_view attribute, std::int64_t absent) const {
  const Attribute* a = find(attribute);
  return a == nullptr ? absent : a->integer.value_or(0);
}

float Node::number(std::string_view attribute, float absent) const {
  const Attribute* a = find(attribute);
  return a == nullptr ? absent : a->number.value_or(0);
}

std::string Node::text(std::string_view attribute, std::string_view absent) const {
  const Attribute* a = find(attribute);
  return std::string(a == nullptr ? absent : a->text.value_or(""));
}

std::vector<std::int64_t> Node::integers(std::string_view attribute,
                                         const std::vector<std::int64_t>& absent) const {
  const Attribute* a = find(attribute);
  return a == nullptr ? absent : a->integers;
}

Model decode_model(std::string_view bytes, const std::string& who) {
  Model model;
  std::string producer, version;
  bool has_graph = false;
  for (MessageReader fields(bytes, who); !fields.done();) {
    const Field f = fields.next();
    switch (f.number) {
      case 1: model.ir_version = f.integer(); break;
      case 2: producer = f.bytes; break;
      case 3: version = f.bytes; break;
      case 7:
        check(!has_graph, Fault::model, who, " holds two graphs; fetch or save it again");
        has_graph = true;
        read_graph(f.bytes, model, who);
        break;
      case 8:
        if (const auto opset = opset_in(f.bytes, who)) model.opset = *opset;
        break;
      case 14: model.metadata.insert(entry_in(f.bytes, who)); break;
      default: break;
    }
  }
  check(has_graph, Fault::model, who, " is an ONNX file without a graph; fetch or save it again");
  model.producer = version.empty() ? producer : producer + " " + version;
  return model;
}

}  // namespace zsq::onnx
