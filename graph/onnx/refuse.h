#pragma once

#include <string>

#include "graph/check.h"
#include "graph/onnx/model.h"

namespace zsq::onnx {

/// "the operator /layer1/Relu (Relu)"
inline std::string title(const Node& node) {
  const std::string name(node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name);
  return "the operator " + name + " (" + std::string(node.origin.empty() ? node.op : node.origin) + ")";
}

/// Throws Error (Fault::unsupported): what the operator asks for, and what is supported or to be done.
template <class... Parts>
[[noreturn]] void refuse(const Node& node, const Parts&... parts) {
  fail(Fault::unsupported, title(node), ' ', parts...);
}

/// Throws Error (Fault::model): what is wrong with it.
template <class... Parts>
void need(bool ok, const Node& node, const Parts&... parts) {
  if (!ok) fail(Fault::model, title(node), ' ', parts..., "; save the model again");
}

/// How many values reading a model may make in all: what its size justifies. A few bytes could ask for
/// endless work otherwise, by repeating a constant, sharing it, or moving an image about.
class Budget {
 public:
  explicit Budget(std::size_t file_bytes)
      : left_((std::int64_t{1} << 24) + 4 * static_cast<std::int64_t>(file_bytes)) {}

  void take(std::int64_t values, const Node& node) {
    left_ -= values;
    if (left_ < 0)
      refuse(node, "makes the model's constants and rearrangements many times larger than its file");
  }

 private:
  std::int64_t left_;
};

}  // namespace zsq::onnx
