#include "graph/torch/program.h"

#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/operator.h>

#include "graph/torch/call.h"

namespace zsq::torchscript {
namespace {

using Hook = decltype(Interpreter::Hooks::before);

Hook infer(Hook warn) {
  return [warn = std::move(warn)](const torch::jit::Node& node, Interpreter::Values& arguments) {
    const auto& schema = node.getOperator().schema().arguments();
    for (std::size_t i = 0; i < schema.size() && i < arguments.size(); ++i) {
      if (schema[i].name() != "training" && schema[i].name() != "train") continue;
      if (!arguments[i].isBool() || !arguments[i].toBool()) continue;
      if (schema.size() > 3 && schema[3].name() == "running_mean" && arguments[3].isNone())
        continue;  // has no other mode
      arguments[i] = false;
      if (warn) warn(node, arguments);
    }
  };
}

}  // namespace

Program::Program(const torch::jit::Module& module) : module_(module) {
  const auto method = module.find_method("forward");
  check(method.has_value(), Fault::model,
        "the model has no forward method; save a model that was scripted or traced");
  graph_ = method->graph()->copy();
  // Inline puts in what a method's optimised form is, and only that has its own calls inlined.
  const torch::jit::GraphOptimizerEnabledGuard whole(true);
  torch::jit::Inline(*graph_);
  const auto& arguments = method->function().getSchema().arguments();
  check(arguments.size() >= 2, Fault::model, "the model takes no input; an image classifier was needed");
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const auto value = arguments[i].default_value();
    check(value.has_value(), Fault::unsupported, "the model takes ", arguments.size() - 1,
          " inputs; zsq supports networks of one image, so export the model with the others fixed");
    defaults_.push_back(*value);
  }
}

torch::Tensor Program::run(const torch::Tensor& images, Interpreter::Hooks hooks) const {
  Interpreter::Values inputs{module_._ivalue(), images};
  inputs.insert(inputs.end(), defaults_.begin(), defaults_.end());
  hooks.before = infer(std::move(hooks.before));
  const auto outputs = Interpreter(std::move(hooks)).run(*graph_, inputs);
  for (const c10::IValue& output : outputs)
    for (const torch::Tensor& t : tensors_in(output)) return t;
  fail(Fault::model, "the model's output is not a tensor; an image classifier was needed");
}

}  // namespace zsq::torchscript
