#include "graph/onnx/names.h"

#include <algorithm>
#include <cctype>

namespace zsq::onnx {
namespace {

constexpr std::size_t kLongest = 200;  // of a name: what is beyond that tells nobody anything

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool has_parameters(std::string_view op) {
  return op == "Conv" || op == "ConvTranspose" || op == "BatchNormalization" || op == "Gemm" ||
         op == "MatMul";
}

}  // namespace

std::string name_of(const Node& node) {
  const std::string op = lower_case(node.op.substr(0, kLongest));
  std::string_view rest = node.name.substr(0, kLongest);
  if (!rest.starts_with('/')) return rest.empty() ? op : std::string(rest);
  std::string path, last;
  rest.remove_prefix(1);
  for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    const std::string part(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
    // "/layer1/layer1.0/": PyTorch names a module of a list by the list's name and its own.
    if (!last.empty() && part.starts_with(last + "."))
      path.resize(path.size() - last.size());
    else if (!path.empty())
      path += '.';
    path += part;
    last = part;
  }
  const std::string own = lower_case(rest);
  if (path.empty()) return own;
  return has_parameters(node.op) || last == op || last.ends_with("." + op) ? path : path + "." + own;
}

std::string owner_of(std::string_view parameter) {
  for (const std::string_view ending : {".weight", ".running_mean", ".bias"})
    if (parameter.size() > ending.size() && parameter.size() < kLongest && parameter.ends_with(ending))
      return std::string(parameter.substr(0, parameter.size() - ending.size()));
  return "";
}

}  // namespace zsq::onnx
