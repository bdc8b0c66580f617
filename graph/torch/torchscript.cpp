#include "graph/torch/torchscript.h"

#include <unordered_set>

#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/jit/runtime/operator.h>
#include <torch/types.h>
#include <torch/version.h>

#include "graph/interrupted.h"
#include "graph/torch/executor.h"
#include "graph/torch/program.h"
#include "graph/torch/recorder.h"

namespace zsq {
namespace {

using torch::Tensor;
using torch::jit::Module;
using torchscript::Call;
using torchscript::Interpreter;
using torchscript::NotRunning;
using torchscript::Output;
using torchscript::Program;
using torchscript::Recorder;

constexpr double kTolerance = 1e-3;  // of the largest output: another order of summation, not another network

Tensor example(const Shape& image, std::int64_t batch) {
  return torch::randn({batch, image.c, image.h, image.w}, at::detail::createCPUGenerator(1));
}

constexpr const char* kHelp =
    "; give it as --input CxHxW, e.g. --input 3x224x224, or in a side-car NAME.json beside the model";

/// Whether the program runs on an image of that size, tried within bounds: what attention makes of a large
/// image is larger than most machines.
bool runs(const Program& program, const Shape& image) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30U;
  try {
    program.run(example(image, 1), {.before = {}, .after = {}, .stop = {}, .most_bytes = kMostBytes});
    return true;
  } catch (const NotRunning&) {
    return false;
  } catch (const Error& e) {
    check(e.fault() != Fault::device, Fault::usage, "the size of the model's input is not known, and to try ",
          image.c, 'x', image.h, 'x', image.w, " takes more than ", kMostBytes >> 30U, " GiB", kHelp);
    throw;
  }
}

/// The one usual size at which the program runs, small ones first; a network that runs at several was trained
/// at one that we cannot see.
Shape guess_input(const Program& program) {
  std::vector<Shape> fitting;
  for (const Shape& image : {Shape{1, 1, 28, 28}, Shape{1, 1, 32, 32}, Shape{1, 3, 32, 32},
                             Shape{1, 3, 96, 96}, Shape{1, 3, 224, 224}, Shape{1, 3, 299, 299}}) {
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
  Tensor images;
  std::vector<Tensor> outputs;  // the module's, one for each of the graph's
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
  const std::vector<Output> outputs = program.run(given, std::move(hooks));
  std::vector<Tensor> results;
  for (const Output& output : outputs) results.push_back(output.value);
  auto finished = recorder.finish(results);
  Recording recording{{std::move(finished.graph), {}, recorder.warnings()}, images, {}};
  for (const std::size_t i : finished.outputs) {
    recording.imported.output_names.push_back(outputs[i].name);
    recording.outputs.push_back(outputs[i].value.clone());
  }
  return recording;
}

/// Throws where the graph is not the module: an in-place operator on a view, say, escapes the recorder.
void compare(const Tensor& given, const Tensor& wanted) {
  check(wanted.isfinite().all().item<bool>(), Fault::model,
        "the model's output on a random image is not finite; its weights or running statistics are unusable");
  const Tensor got = given.reshape(wanted.sizes());
  const double difference = (got - wanted).abs().max().item<double>();
  const double largest = wanted.abs().max().item<double>();
  check(difference <= kTolerance * largest + 1e-6, Fault::unsupported,
        "the model does something zsq does not see: read as a graph, its output differs by ", difference,
        " of ", largest, "; in-place operators on views are a likely reason, replace them by ordinary ones");
}

void compare(const Recording& recording) {
  const std::vector<Tensor> got = TorchExecutor(recording.imported.graph).run_all(recording.images);
  for (std::size_t i = 0; i < got.size(); ++i) compare(got[i], recording.outputs[i]);
}

/// Runs with two images, so that what belongs to the batch can be told apart; with one, where that is baked
/// in.
Recording record_batch(const Module& module, const Program& program, const Shape& image) {
  try {
    return record(module, program, example(image, 2));
  } catch (const NotRunning&) {  // thrown again below, if it was not for the second image
  }
  Recording recording = record(module, program, example(image, 1));
  recording.imported.warnings.push_back(
      "The model only runs on one image at a time; it is read as if it took any number.");
  return recording;
}

Recording record_checked(const Module& module, const Program& program, const Shape& image) {
  try {
    Recording recording = record_batch(module, program, image);
    compare(recording);
    return recording;
  } catch (const NotRunning& e) {
    fail(Fault::model, "the network does not run on an input of ", image.c, 'x', image.h, 'x', image.w, ": ",
         e.what(), "; give the right size as --input CxHxW, or in a side-car NAME.json beside the model");
  } catch (const c10::Error& e) {
    check(!torchscript::is_out_of_memory(e), Fault::device, "an input of ", image.c, 'x', image.h, 'x',
          image.w, " needs more memory than there is; give a smaller --input");
    throw;
  }
}

}  // namespace

Imported import_torchscript(const Module& given, const ImportOptions& options) {
  try {
    const c10::NoGradGuard no_gradients;
    Module module = given;
    module.eval();
    convert_to_float(module);
    const Program program(module, options.stop);
    const Shape image = options.input ? *options.input : guess_input(program);
    return record_checked(module, program, image).imported;
  } catch (const Error&) {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& e) {  // its text is about LibTorch's inside
    if (torchscript::is_out_of_memory(e)) throw;
    fail(Fault::model, "LibTorch ", TORCH_VERSION,
         " cannot run the model; save it again with torch.jit.trace, on the CPU");
  }
}

}  // namespace zsq
