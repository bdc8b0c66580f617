#include "graph/torch/torchscript.h"

#include <unordered_set>

#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/operator.h>
#include <torch/types.h>

#include "graph/torch/executor.h"
#include "graph/torch/interpreter.h"
#include "graph/torch/recorder.h"

namespace zsq {
namespace {

using torch::Tensor;
using torch::jit::Module;
using torchscript::Call;
using torchscript::Interpreter;
using torchscript::Recorder;

constexpr double kTolerance = 1e-3;  // of the largest output: another order of summation, not another network

/// A module's forward, inlined, and the arguments it takes besides the images.
class Program {
 public:
  explicit Program(const Module& module) : module_(module) {
    const auto method = module.find_method("forward");
    check(method.has_value(), Fault::model,
          "the model has no forward method; save a model that was scripted or traced");
    graph_ = method->graph()->copy();
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

  /// The network's first output tensor.
  Tensor run(const Tensor& images, Interpreter::Hooks hooks) const {
    Interpreter::Values inputs{module_._ivalue(), images};
    inputs.insert(inputs.end(), defaults_.begin(), defaults_.end());
    hooks.before = infer(std::move(hooks.before));
    const auto outputs = Interpreter(std::move(hooks)).run(*graph_, inputs);
    for (const c10::IValue& output : outputs)
      for (const Tensor& t : torchscript::tensors_in(output)) return t;
    fail(Fault::model, "the model's output is not a tensor; an image classifier was needed");
  }

 private:
  /// A trace that was made in training mode has baked that in; here everything is run as for inference.
  static decltype(Interpreter::Hooks::before) infer(decltype(Interpreter::Hooks::before) warn) {
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

  Module module_;
  std::shared_ptr<torch::jit::Graph> graph_;
  Interpreter::Values defaults_;
};

Tensor example(const Shape& image, std::int64_t batch) {
  return torch::randn({batch, image.c, image.h, image.w}, at::detail::createCPUGenerator(1));
}

bool runs(const Program& program, const Shape& image) {
  try {
    program.run(example(image, 1), {});
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// The one usual size at which the program runs; a network that runs at several was trained at one that we
/// cannot see.
Shape guess_input(const Program& program) {
  constexpr const char* kHelp =
      "; give it as --input CxHxW, e.g. --input 3x224x224, or in a side-car NAME.json beside the model";
  std::vector<Shape> fitting;
  for (const Shape& image : {Shape{1, 3, 224, 224}, Shape{1, 3, 32, 32}, Shape{1, 3, 96, 96},
                             Shape{1, 3, 299, 299}, Shape{1, 1, 28, 28}, Shape{1, 1, 32, 32}}) {
    if (runs(program, image)) fitting.push_back(image);
    check(fitting.size() < 2, Fault::usage,
          "the model runs at any image size, and its file does not say at which one it was trained", kHelp);
  }
  check(!fitting.empty(), Fault::usage,
        "the size of the model's input is not known, and it runs at none of the usual ones", kHelp);
  return fitting.front();
}

std::unordered_map<const void*, std::string> parameter_names(const Module& module) {
  std::unordered_map<const void*, std::string> names;
  for (const auto& attribute : module.named_attributes(/*recurse=*/true))
    if (attribute.value.isTensor())
      names.emplace(attribute.value.toTensor().unsafeGetTensorImpl(), attribute.name);
  return names;
}

void convert_to_float(const Module& module) {
  for (const auto& attribute : module.named_attributes(/*recurse=*/true)) {
    if (!attribute.value.isTensor()) continue;
    Tensor tensor = attribute.value.toTensor();
    if (tensor.defined() && tensor.is_floating_point() && tensor.scalar_type() != torch::kFloat)
      tensor.set_data(tensor.to(torch::kFloat));
  }
}

/// The paths of modules without submodules.
std::unordered_set<std::string> leaves(const Module& module) {
  std::unordered_set<std::string> paths;
  for (const auto& m : module.named_modules())
    if (m.value.children().size() == 0) paths.insert(m.name);
  return paths;
}

Call call_of(const torch::jit::Node& node, const Interpreter::Values& arguments,
             const Interpreter::Values& results, const std::unordered_set<std::string>& leaf_paths) {
  Call call{
      .op = node.kind().toUnqualString(), .module = torchscript::module_path(node), .arguments = arguments};
  if (call.op.ends_with('_') && !call.op.ends_with("__")) call.op.pop_back();
  call.leaf = leaf_paths.contains(call.module);
  for (const c10::IValue& result : results)
    for (const Tensor& t : torchscript::tensors_in(result)) call.results.push_back(t);
  call.run = [op = &node.getOperator(), &node](std::vector<c10::IValue>& stack) {
    op->getOperation (&node)(stack);
  };
  return call;
}

struct Recording {
  Imported imported;
  Tensor images, output;
};

Recording record(const Module& module, const Program& program, const Tensor& images) {
  const Tensor given = images.clone();  // the model may write into it
  Recorder recorder(given, parameter_names(module));
  const auto leaf_paths = leaves(module);
  Interpreter::Hooks hooks;
  hooks.before = [&](const torch::jit::Node&, Interpreter::Values&) {
    recorder.warn("The model was saved in training mode; it is read as for inference.");
  };
  hooks.after = [&](const torch::jit::Node& node, const auto& arguments, const auto& results) {
    recorder.record(call_of(node, arguments, results, leaf_paths));
  };
  const Tensor output = program.run(given, std::move(hooks));
  Graph graph = recorder.finish(output);
  return {{std::move(graph), recorder.warnings()}, images, output.clone()};
}

/// Throws where the graph is not the module: an in-place operator on a view, say, escapes the recorder.
void compare(const Graph& graph, const Tensor& images, const Tensor& wanted) {
  check(wanted.isfinite().all().item<bool>(), Fault::model,
        "the model's output on a random image is not finite; its weights or running statistics are unusable");
  const Tensor got = TorchExecutor(graph).run(images).reshape(wanted.sizes());
  const double difference = (got - wanted).abs().max().item<double>();
  const double largest = wanted.abs().max().item<double>();
  check(difference <= kTolerance * largest + 1e-6, Fault::unsupported,
        "the model does something zsq does not see: read as a graph, its output differs by ", difference,
        " of ", largest, "; in-place operators on views are a likely reason, replace them by ordinary ones");
}

/// Runs with two images, so that what belongs to the batch can be told apart; with one, where that is baked
/// in.
Recording record_batch(const Module& module, const Program& program, const Shape& image) {
  try {
    return record(module, program, example(image, 2));
  } catch (const Error& e) {
    if (e.fault() != Fault::model) throw;
  }
  Recording recording = record(module, program, example(image, 1));
  recording.imported.warnings.push_back(
      "The model only runs on one image at a time; it is read as if it took any number.");
  return recording;
}

}  // namespace

Imported import_torchscript(const Module& given, const ImportOptions& options) {
  try {
    const c10::NoGradGuard no_gradients;
    Module module = given;
    module.eval();
    convert_to_float(module);
    const Program program(module);
    const Shape image = options.input ? *options.input : guess_input(program);
    Recording recording = record_batch(module, program, image);
    compare(recording.imported.graph, recording.images, recording.output);
    return std::move(recording.imported);
  } catch (const c10::Error&) {
    fail(Fault::model,
         "the model does not run on its input; give the right size as --input, e.g. --input 3x224x224");
  }
}

}  // namespace zsq
