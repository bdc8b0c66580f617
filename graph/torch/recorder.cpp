#include "graph/torch/recorder.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/arange.h>

#include "graph/arrangement.h"
#include "graph/rewrite.h"
#include "graph/torch/operators.h"

namespace zsq::torchscript {
namespace {

using torch::Tensor;

std::string parent(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

/// append, pop, indexing and their like: what they give was in the list before.
bool only_moves_list_elements(const Call& call) {
  if (call.count() == 0 || !(call[0].isList() || call[0].isTuple() || call[0].isGenericDict())) return false;
  std::unordered_set<const void*> before;
  for (const c10::IValue& argument : call.arguments)
    for (const Tensor& t : tensors_in(argument)) before.insert(t.unsafeGetTensorImpl());
  return std::ranges::all_of(call.results,
                             [&](const Tensor& t) { return before.contains(t.unsafeGetTensorImpl()); });
}

}  // namespace

const c10::IValue& Call::operator[](std::size_t i) const {
  if (i >= arguments.size())
    refuse(*this, "has only ", arguments.size(), " arguments; another LibTorch wrote it");
  return arguments[i];
}

std::vector<Tensor> tensors_in(const c10::IValue& value) {
  std::vector<Tensor> out;
  const auto append = [&](const auto& elements) {
    for (const c10::IValue& element : elements)
      for (const Tensor& t : tensors_in(element)) out.push_back(t);
  };
  if (value.isTensor() && value.toTensor().defined()) out.push_back(value.toTensor());
  if (value.isTensorList() || value.isList()) append(value.toListRef());
  if (value.isTuple()) append(value.toTupleRef().elements());
  if (value.isGenericDict())
    for (const auto& item : value.toGenericDict())
      for (const Tensor& t : tensors_in(item.value())) out.push_back(t);
  return out;
}

Recorder::Recorder(const Tensor& images, std::unordered_map<const void*, std::string> names)
    : batch_(images.size(0)), names_(std::move(names)) {
  const NodeId input =
      graph_.add(unique("input"), Input{{1, images.size(1), images.size(2), images.size(3)}});
  remember(images, {input, images.sizes().vec(), {}, {}});
}

void Recorder::record(const Call& call) {
  if (!depends(call.arguments)) return pass_name(call);
  const Effect effect = effect_of(call.op);
  if (effect == Effect::reads_values)
    refuse(call,
           "decides by the values of the image what to compute, which a fixed network cannot; remove that "
           "branch");
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
  const Handler handler = handler_of(call.op);
  if (handler == nullptr)
    refuse(call,
           "is not supported; zsq reads convolutional networks of two dimensions; replace the operator, or "
           "leave "
           "that part outside the exported model");
  const NodeId node = handler(*this, call);
  remember(call.results[0], {node, call.results[0].sizes().vec(), {}, {}});
}

Graph Recorder::finish(const Tensor& output) {
  Call call{.op = "return", .results = {output}};
  check(traced_.contains(output.unsafeGetTensorImpl()), Fault::model,
        "the model's output does not depend on its input; an image classifier was needed");
  const NodeId last = input(call, output);
  return merge_padding(keep_needed(graph_, last));
}

bool Recorder::is_traced(const c10::IValue& value) const {
  return value.isTensor() && traced_.contains(value.toTensor().unsafeGetTensorImpl());
}

bool Recorder::depends(const std::vector<c10::IValue>& values) const {
  for (const c10::IValue& value : values)
    for (const Tensor& t : tensors_in(value))
      if (traced_.contains(t.unsafeGetTensorImpl())) return true;
  return false;
}

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

Tensor Recorder::positions(const Traced& traced) const {
  if (traced.positions.defined()) return traced.positions.alias();
  const std::int64_t count = batch_ * graph_[traced.node].shape.size();
  return torch::arange(count, torch::kLong).reshape(traced.sizes);
}

/// Lets the operator itself move the positions of its argument's elements.
void Recorder::rearrange(const Call& call) {
  Traced& from = traced(call, call[0].toTensor());
  // A shuffle of channels is a node of its own; what follows is seen from there.
  if (from.positions.defined() && from.positions.dim() == 4) {
    const Tensor one = from.positions[0].contiguous();
    const auto seen = arrangement({one.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(one.numel())},
                                  one.sizes(), graph_[from.node].shape);
    if (std::holds_alternative<ChannelShuffle>(seen)) place(call, from);
  }
  Traced to{from.node, {}, {}, node_name(call)};
  std::vector<c10::IValue> stack = call.arguments;
  stack[0] = positions(from);
  call.run(stack);
  std::vector<Tensor> moved;
  for (const c10::IValue& value : stack)
    for (const Tensor& t : tensors_in(value)) moved.push_back(t);
  if (moved.size() != call.results.size())
    refuse(call, "gives ", call.results.size(), " results, not ", moved.size());
  for (std::size_t i = 0; i < moved.size(); ++i) {
    to.sizes = call.results[i].sizes().vec();
    to.positions = moved[i];
    remember(call.results[i], to);
  }
}

/// Adds what a rearranged value needs, and lets it be that node's value from now on.
NodeId Recorder::place(const Call& call, Traced& value) {
  if (!value.positions.defined()) return value.node;
  const Tensor all = value.positions.contiguous();
  const Shape source = graph_[value.node].shape;
  const bool batched = all.dim() > 1 && all.size(0) == batch_;
  if (!batched)
    refuse(call, "takes a value of which ", value.name,
           " has mixed up the images of a batch; keep the first "
           "extent for the batch");
  const Tensor first = all[0].contiguous();
  for (std::int64_t n = 1; n < batch_; ++n)
    if (!all[n].equal(first + n * source.size()))
      refuse(call, "takes a value of which ", value.name,
             " has mixed up the images of a batch; keep the first extent for the batch");
  const auto seen = arrangement(
      {first.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(first.numel())}, first.sizes(), source);
  const auto added = [&](const Op& op) { return graph_.add(unique(value.name), op, {value.node}); };
  value.node = std::visit(
      Overloaded{
          [&](Unchanged) { return value.node; }, [&](const Flatten& op) { return added(op); },
          [&](const Slice& op) { return added(op); }, [&](const ChannelShuffle& op) { return added(op); },
          [&](const auto&) -> NodeId {
            refuse(call, "takes what ", value.name, " has put into an order zsq does not know (", source,
                   " to ", first.sizes(), "); flattening, slicing and channel shuffles are supported");
          }},
      seen);
  value.positions.reset();
  return value.node;
}

NodeId Recorder::input(const Call& call, const Tensor& value) {
  Traced& from = traced(call, value);
  const NodeId node = place(call, from);
  if (from.sizes.size() != 4 && from.sizes.size() != 2)
    refuse(call, "takes a value of ", from.sizes.size(),
           " extents; images [n,c,h,w] and features [n,c] are supported");
  return node;
}

NodeId Recorder::input(const Call& call, std::size_t argument) {
  if (!call[argument].isTensor())
    refuse(call, "takes no tensor as argument ", argument, ", where zsq needs one");
  return input(call, call[argument].toTensor());
}

NodeId Recorder::factor(const Call& call, std::size_t argument) {
  const Traced& from = traced(call, call[argument].toTensor());
  if (from.positions.defined() && from.positions.dim() == 4) {
    const Tensor one = from.positions[0].contiguous();
    const auto seen = arrangement({one.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(one.numel())},
                                  one.sizes(), graph_[from.node].shape);
    if (std::holds_alternative<Broadcast>(seen)) return from.node;
  }
  return input(call, argument);
}

std::optional<NodeId> Recorder::viewed(const c10::IValue& value) const {
  if (!is_traced(value)) return std::nullopt;
  const Traced& from = traced_.at(value.toTensor().unsafeGetTensorImpl());
  if (from.positions.defined() &&
      !from.positions.flatten().equal(torch::arange(batch_ * graph_[from.node].shape.size(), torch::kLong)))
    return std::nullopt;
  return from.node;
}

std::string Recorder::node_name(const Call& call) const {
  if (call.module.empty()) return call.op;
  return call.leaf ? call.module : call.module + "." + call.op;
}

std::string Recorder::unique(std::string name) {
  std::string candidate = name;
  for (int i = 1; !taken_.insert(candidate).second; ++i) candidate = name + "_" + std::to_string(i);
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
  for (const float v : values) {
    const auto known = names_.find(tensor.unsafeGetTensorImpl());
    const std::string name = known == names_.end() ? "a constant of " + node_name(call) : known->second;
    check(std::isfinite(v), Fault::model, name, " holds ", v,
          "; finite weights were needed, so train or save the model again");
  }
  return values;
}

Array Recorder::constant(const Call& call, const Tensor& tensor, const Shape& shape) {
  return {shape, constant(call, tensor)};
}

void Recorder::warn(const std::string& text) {
  if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(text);
}

}  // namespace zsq::torchscript
