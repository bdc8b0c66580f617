#include "graph/torch/recorder.h"

#include <algorithm>
#include <cmath>

#include "graph/rewrite.h"
#include "graph/torch/operators.h"

namespace zsq::torchscript {
namespace {

using torch::Tensor;

std::string parent(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

/// Whether any tensor of these values is a key.
bool is_in(const auto& tensors, const std::vector<c10::IValue>& values) {
  for (const c10::IValue& value : values)
    for (const Tensor& t : tensors_in(value))
      if (tensors.contains(t.unsafeGetTensorImpl())) return true;
  return false;
}

/// Throws where the operator's name alone says that zsq cannot take it.
void check_known(const Call& call) {
  const Effect effect = effect_of(call.op);
  if (effect == Effect::reads_values)
    refuse(call,
           "decides by the values of the image what to compute, which a fixed network cannot; remove that "
           "branch");
  if (call.results.empty() || effect != Effect::computes || only_moves_list_elements(call)) return;
  if (handler_of(call.op) == nullptr)
    refuse(call,
           "is not supported; zsq reads convolutional networks of two dimensions; replace the operator, or "
           "leave that part outside the exported model");
}

}  // namespace

Recorder::Recorder(const Tensor& images, std::unordered_map<const void*, std::string> names)
    : batch_(images.size(0)), names_(std::move(names)) {
  const NodeId input =
      graph_.add(unique("input"), Input{{1, images.size(1), images.size(2), images.size(3)}});
  remember(images, {input, images.sizes().vec(), {}, {}});
}

void Recorder::record(const Call& call) {
  try {
    if (is_in(lost_, call.arguments)) return follow_lost(call);
    if (!depends(call.arguments)) return pass_name(call);
    record_traced(call);
  } catch (const Error& e) {
    if (e.fault() != Fault::unsupported) throw;
    unsupported_.push_back({node_name(call), call.op, e.what()});
    lose(call.results);
  }
}

void Recorder::record_traced(const Call& call) {
  const Effect effect = effect_of(call.op);
  check_known(call);
  if (call.results.empty() || effect == Effect::makes_constant || only_moves_list_elements(call)) return;
  for (const Tensor& t : call.results)
    if (t.scalar_type() != torch::kFloat && effect != Effect::computes)
      refuse(call,
             "makes values of another type than float32, which zsq does not do; keep the model in float32");
  if (effect == Effect::rearranges) return rearrange(call);
  if (effect == Effect::none) {
    Traced same = traced(call, call[0].toTensor());
    same.sizes = call.results[0].sizes().vec();
    // The positions are laid out as the values are, so that a later view does what it did.
    if (same.positions.defined() && call.results[0].is_contiguous())
      same.positions = same.positions.contiguous();
    return remember(call.results[0], std::move(same));
  }
  const NodeId node = handler_of(call.op)(*this, call);
  remember(call.results[0], {node, call.results[0].sizes().vec(), {}, {}});
}

void Recorder::follow_lost(const Call& call) {
  lose(call.results);
  check_known(call);
}

void Recorder::lose(const std::vector<Tensor>& tensors) {
  for (const Tensor& t : tensors) {
    alive_.push_back(t);
    lost_.insert(t.unsafeGetTensorImpl());
  }
}

Recorder::Finished Recorder::finish(const std::vector<Tensor>& results) {
  if (!unsupported_.empty()) throw UnsupportedError("", unsupported_);
  const Call call{.op = "return", .results = results};
  std::vector<NodeId> outputs;
  Finished finished;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool depends = is_traced(results[i]);
    const NodeId node = depends ? input(call, results[i]) : NodeId{};
    if (!depends) {
      warn("Output " + std::to_string(i) + " of the model does not depend on its input, and is left out.");
    } else if (std::ranges::find(outputs, node) != outputs.end()) {
      warn("Output " + std::to_string(i) + " of the model is the same as one before it, and is left out.");
    } else {
      outputs.push_back(node);
      finished.outputs.push_back(i);
    }
  }
  check(!outputs.empty(), Fault::model,
        "the model's output does not depend on its input; a network for images was needed");
  for (const NodeId node : outputs) graph_.mark_output(node);
  finished.graph = merge_padding(keep_needed(graph_));
  return finished;
}

bool Recorder::is_traced(const c10::IValue& value) const {
  return value.isTensor() && traced_.contains(value.toTensor().unsafeGetTensorImpl());
}

bool Recorder::depends(const std::vector<c10::IValue>& values) const { return is_in(traced_, values); }

void Recorder::remember(const Tensor& tensor, Traced traced) {
  alive_.push_back(tensor);
  traced_[tensor.unsafeGetTensorImpl()] = std::move(traced);
}

/// A constant made from a parameter (its transpose, say) is still called after it.
void Recorder::pass_name(const Call& call) {
  for (const c10::IValue& argument : call.arguments) {
    if (!argument.isTensor()) continue;
    const auto known = names_.find(argument.toTensor().unsafeGetTensorImpl());
    if (known == names_.end()) continue;
    const std::string name = known->second;
    for (const Tensor& t : call.results) {
      alive_.push_back(t);
      names_.emplace(t.unsafeGetTensorImpl(), name);
    }
    return;
  }
}

Recorder::Traced& Recorder::traced(const Call& call, const Tensor& value) {
  const auto found = traced_.find(value.unsafeGetTensorImpl());
  if (found == traced_.end())
    refuse(call, "takes a constant where zsq needs a value computed from the image");
  return found->second;
}

std::string Recorder::unique(std::string name) {
  std::string candidate = name;
  for (int& i = copies_[name]; !taken_.insert(candidate).second; candidate = name + "_" + std::to_string(i))
    ++i;
  return candidate;
}

NodeId Recorder::add(const Call& call, Op op, std::vector<NodeId> inputs, const Tensor& parameter) {
  std::string name = node_name(call);
  if (parameter.defined())
    if (const auto known = names_.find(parameter.unsafeGetTensorImpl()); known != names_.end())
      if (const std::string module = parent(known->second); !module.empty()) name = module;
  return graph_.add(unique(std::move(name)), std::move(op), std::move(inputs));
}

std::vector<float> Recorder::constant(const Call& call, const Tensor& tensor) {
  if (!tensor.defined()) return {};
  if (is_traced(tensor))
    refuse(call, "takes weights that are computed from the image; only constant weights are supported");
  const Tensor flat = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
  const float* begin = flat.const_data_ptr<float>();
  std::vector<float> values(begin, begin + flat.numel());
  const auto odd = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
  if (odd == values.end()) return values;
  const auto known = names_.find(tensor.unsafeGetTensorImpl());
  fail(Fault::model, known == names_.end() ? "a constant of " + node_name(call) : known->second, " holds ",
       *odd, "; finite weights were needed, so train or save the model again");
}

Array Recorder::constant(const Call& call, const Tensor& tensor, const Shape& shape) {
  return {shape, constant(call, tensor)};
}

void Recorder::warn(const std::string& text) {
  if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(text);
}

}  // namespace zsq::torchscript
