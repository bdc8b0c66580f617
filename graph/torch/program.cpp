#include "graph/torch/program.h"

#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/operator.h>

#include "graph/torch/call.h"
#include "graph/torch/inlined_size.h"

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

void collect(const std::string& name, const c10::IValue& value, std::vector<Output>& outputs) {
  if (value.isTensor() && value.toTensor().defined()) outputs.push_back({name, value.toTensor()});
  if (value.isTensorList() || value.isList())
    for (const c10::IValue& element : value.toListRef()) collect(name, element, outputs);
  if (value.isTuple())
    for (const c10::IValue& element : value.toTupleRef().elements()) collect(name, element, outputs);
  if (value.isGenericDict())
    for (const auto& item : value.toGenericDict())
      collect(item.key().isString() ? item.key().toStringRef() : name, item.value(), outputs);
}

}  // namespace

Program::Program(const torch::jit::Module& module, std::function<bool()> stop)
    : module_(module), stop_(std::move(stop)) {
  const auto method = module.find_method("forward");
  check(method.has_value(), Fault::model,
        "the model has no forward method; save a model that was scripted or traced");
  check_inlined_size(*method->graph());
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

std::vector<Output> Program::run(const torch::Tensor& images, Interpreter::Hooks hooks) const {
  Interpreter::Values inputs{module_._ivalue(), images};
  inputs.insert(inputs.end(), defaults_.begin(), defaults_.end());
  hooks.before = infer(std::move(hooks.before));
  hooks.stop = stop_;
  std::vector<Output> outputs;
  for (const c10::IValue& value : Interpreter(std::move(hooks)).run(*graph_, inputs))
    collect("", value, outputs);
  check(!outputs.empty(), Fault::model,
        "the model's output is not a tensor; a network that gives tensors was needed");
  return outputs;
}

}  // namespace zsq::torchscript
