#include "graph/torch/inlined_size.h"

#include <unordered_map>

#include <torch/csrc/jit/api/function_impl.h>

#include "graph/check.h"

namespace zsq::torchscript {
namespace {

using torch::jit::Node;

constexpr std::int64_t kMaxNodes = std::int64_t{1} << 20;  // the largest networks have some ten thousand
constexpr int kMaxDepth = 200;                             // of calls within calls

torch::jit::Function* callee_of(const Node& node) {
  if (node.kind() == torch::jit::prim::CallFunction)
    if (const auto type = node.input(0)->type()->cast<c10::FunctionType>()) return type->function();
  if (node.kind() == torch::jit::prim::CallMethod)
    if (const auto type = node.input(0)->type()->cast<c10::ClassType>())
      return type->findMethod(node.s(torch::jit::attr::name));
  return nullptr;
}

class Sizes {
 public:
  std::int64_t of(const torch::jit::Block& block, int depth) {
    check_size(depth <= kMaxDepth);
    std::int64_t sum = 0;
    for (const Node* node : block.nodes()) {
      ++sum;
      for (const torch::jit::Block* inner : node->blocks()) sum += of(*inner, depth);
      if (torch::jit::Function* callee = callee_of(*node)) sum += of(*callee, depth);
      check_size(sum <= kMaxNodes);
    }
    return sum;
  }

 private:
  static void check_size(bool ok) {
    check(ok, Fault::unsupported,
          "the model's program is far too large: with every call written out it has over ", kMaxNodes,
          " operations, or calls nested over ", kMaxDepth,
          " deep; save it with torch.jit.trace(model, example)");
  }

  std::int64_t of(torch::jit::Function& function, int depth) {
    const auto known = sizes_.find(&function);
    if (known != sizes_.end()) return known->second;
    const auto* graph = torch::jit::tryToGraphFunction(function);
    const std::int64_t size = graph == nullptr ? 1 : of(*graph->graph()->block(), depth + 1);
    sizes_.emplace(&function, size);
    return size;
  }

  std::unordered_map<const torch::jit::Function*, std::int64_t> sizes_;
};

}  // namespace

void check_inlined_size(const torch::jit::Graph& graph) { Sizes().of(*graph.block(), 0); }

}  // namespace zsq::torchscript
