#include <ATen/ops/arange.h>

#include "graph/arrangement.h"
#include "graph/torch/recorder.h"

/// The part of the Recorder that follows views, transpositions, slices and copies.
namespace zsq::torchscript {

using torch::Tensor;

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
  const auto refused = [&]() -> NodeId {
    refuse(call, "takes what ", value.name, " has put into an order zsq does not know (", source, " to ",
           first.sizes(), "); flattening, slicing and channel shuffles are supported");
  };
  value.node = std::visit(
      Overloaded{[&](Unchanged) { return value.node; }, [&](const Flatten& op) { return added(op); },
                 [&](const Slice& op) { return added(op); },
                 [&](const ChannelShuffle& op) { return added(op); }, [&](Broadcast) { return refused(); },
                 [&](Unrecognised) { return refused(); }},
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

}  // namespace zsq::torchscript
