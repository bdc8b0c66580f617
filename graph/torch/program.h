#pragma once

#include <memory>

#include <torch/csrc/jit/api/module.h>

#include "graph/torch/interpreter.h"

namespace zsq::torchscript {

/// One tensor of what a module returns.
struct Output {
  std::string name;  // its key in a dictionary, or ""
  torch::Tensor value;
};

/// A module's forward, inlined, and the arguments it takes besides the images. Run as for inference, even
/// where a trace has baked training mode in.
class Program {
 public:
  /// `stop` is asked again and again while it runs; true ends the run, which throws Interrupted. Throws
  /// Error where there is no forward (Fault::model), or it takes more than images or is far too large
  /// (Fault::unsupported).
  explicit Program(const torch::jit::Module& module, std::function<bool()> stop = {});

  /// The network's output tensors, one at least, in order: those of tuples, lists and dictionaries too.
  /// hooks.before is called only where training mode was turned off. Throws NotRunning, and Error
  /// (Fault::model) where there is no tensor.
  std::vector<Output> run(const torch::Tensor& images, Interpreter::Hooks hooks) const;

 private:
  torch::jit::Module module_;
  std::shared_ptr<torch::jit::Graph> graph_;
  std::function<bool()> stop_;
  Interpreter::Values defaults_;
};

}  // namespace zsq::torchscript
