#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include "graph/check.h"
#include "graph/torch/budget.h"

namespace zsq::torchscript {

/// The program cannot run on what it was given: most often images of another size than it was made for.
class NotRunning : public Error {
 public:
  explicit NotRunning(const std::string& message) : Error(Fault::model, message) {}
};

bool is_out_of_memory(const std::exception& e);

/// Runs a graph of TorchScript node by node on real values. Control flow, lists and attributes are done here;
/// every other node is run by LibTorch's own operator, before and after which a hook may look. The program
/// comes from outside: only allowed operators are run (see is_allowed), within a Budget.
class Interpreter {
 public:
  using Values = std::vector<c10::IValue>;

  struct Hooks {
    std::function<void(const torch::jit::Node&, Values& arguments)> before;
    std::function<void(const torch::jit::Node&, const Values& arguments, const Values& results)> after;
    std::function<bool()> stop;                    // asked before each node; true ends the run
    std::optional<std::uint64_t> most_bytes = {};  // of tensors; absent: most of the machine's memory
  };

  explicit Interpreter(Hooks hooks) : hooks_(std::move(hooks)) {}

  /// The graph's outputs for these inputs. Throws NotRunning where a node refuses its arguments, Error where
  /// it may not be run at all or does not end (Fault::unsupported) or needs too much memory (Fault::device),
  /// Interrupted where it was stopped.
  Values run(const torch::jit::Graph& graph, const Values& inputs);

 private:
  void run(const torch::jit::Block& block);
  void step(const torch::jit::Node& node);
  void count();
  void construct(const torch::jit::Node& node, const c10::IValue& made);
  Values call(const torch::jit::Node& node);
  void branch(const torch::jit::Node& node);
  void loop(const torch::jit::Node& node);

  c10::IValue value(const torch::jit::Value* v) const;
  Values values(at::ArrayRef<const torch::jit::Value*> vs) const;
  void set(at::ArrayRef<const torch::jit::Value*> vs, const Values& to);

  Hooks hooks_;
  Budget budget_;
  std::unordered_map<const torch::jit::Value*, c10::IValue> values_;
};

/// The path of the module that a node of an inlined graph was written in: "layer1.0.bn1"; "" for the network
/// itself.
std::string module_path(const torch::jit::Node& node);

}  // namespace zsq::torchscript
