#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/check.h"
#include "graph/onnx/model.h"
#include "graph/pt2/program.h"

namespace zsq::pt2 {

/// Spells a torch.export program in ONNX's operators, one call after another, so that one importer reads
/// both. What it does not know it passes on by its own name, for the importer to refuse.
class Translator {
 public:
  /// Both must outlive the translator.
  Translator(const Program& program, const std::unordered_map<std::string, onnx::Tensor>& tensors);

  /// Points into the program and the translator.
  onnx::Model run();

  // For the operators' own functions. What an argument is not, and what it must be, is refused by an Error
  // (Fault::unsupported).

  /// The name of a tensor argument; "" where it is left out.
  std::string_view tensor(const Call& call, std::string_view argument) const;
  std::vector<std::string_view> tensors(const Call& call, std::string_view argument) const;

  std::int64_t integer(const Call& call, std::string_view argument, std::int64_t absent) const;
  std::vector<std::int64_t> integers(const Call& call,
                                     std::string_view argument) const;  // empty where absent
  double number(const Call& call, std::string_view argument, double absent) const;
  std::string text(const Call& call, std::string_view argument, std::string_view absent) const;

  /// Rows and columns: two numbers, or one for both.
  std::vector<std::int64_t> pair(const Call& call, std::string_view argument,
                                 const std::vector<std::int64_t>& absent) const;

  /// Number of axes of a tensor, as the file says it.
  std::size_t rank(const Call& call, std::string_view tensor) const;

  /// An operand that is a tensor or a number.
  std::string_view operand(const Call& call, std::string_view argument);

  /// Integers, some of which may be known only when the program runs, as one list.
  std::string_view extents(const Call& call, std::string_view argument);

  std::string_view constant(const std::vector<std::int64_t>& values);
  std::string_view constant(std::int64_t value);  // a scalar
  std::string_view constant(float value);

  /// A constant tensor of the archive, or null.
  const onnx::Tensor* stored(std::string_view name) const;
  std::string_view add_stored(std::string name, onnx::Tensor tensor);

  /// Adds an operator whose outputs are the call's results, or a new value that only `call` knows of.
  onnx::Node& emit(const Call& call, std::string_view op, std::vector<std::string_view> inputs);
  std::string_view intermediate(const Call& call, std::string_view op, std::vector<std::string_view> inputs,
                                std::vector<onnx::Attribute> attributes = {});

  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  void translate(const Call& call);
  std::string_view constant(onnx::Tensor tensor);
  onnx::Node node(const Call& call, std::string_view op, std::vector<std::string_view> inputs);
  std::string_view renamed(std::string_view name) const;

  const Program& program_;
  std::unordered_map<std::string_view, const onnx::Tensor*> stored_;
  std::unordered_map<std::string_view, std::string_view> parameters_;  // what the graph calls them, theirs
  onnx::Model model_;
  std::deque<std::string> texts_;  // what the model's views point to
  int made_ = 0;
};

/// Throws Error (Fault::unsupported): why a call cannot be translated. The importer says of which call.
template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
  fail(Fault::unsupported, parts...);
}

using Emit = void (*)(Translator&, const Call&);
using Operators = std::unordered_map<std::string_view, Emit>;

// By the operator's name without namespace and overload: "conv2d". One table per kind.
const Operators& layer_operators();
const Operators& value_operators();
const Operators& arithmetic_operators();
const Operators& moving_operators();

inline onnx::Attribute attribute(std::string_view name, std::int64_t value) {
  return {.name = name, .integer = value};
}
inline onnx::Attribute attribute(std::string_view name, double value) {
  return {.name = name, .number = static_cast<float>(value)};
}
inline onnx::Attribute attribute(std::string_view name, std::vector<std::int64_t> values) {
  return {.name = name, .integers = std::move(values)};
}
inline onnx::Attribute attribute(std::string_view name, const char* text) {
  return {.name = name, .text = text};
}

}  // namespace zsq::pt2
