#include "graph/arrangement.h"
#include "graph/onnx/importer.h"
#include "graph/onnx/names.h"

/// The part of the Importer that follows views, transpositions, slices and copies.
namespace zsq::onnx {
namespace {

using Dims = std::vector<std::int64_t>;

/// Places of one value in another's: `inner` is where each element of the view is in the value before it.
Dims composed(const std::optional<Dims>& outer, Dims inner) {
  if (outer)
    for (std::int64_t& place : inner) place = (*outer)[static_cast<std::size_t>(place)];
  return inner;
}

}  // namespace

/// The first input. A shuffle of channels is a node of its own; what follows is seen from there.
Importer::Traced Importer::settled(const Node& node) {
  Traced from = traced(node, 0);
  if (!from.places || from.dims.size() != 4 || from.dims[0] != batch_) return from;
  const Dims one(from.places->begin(), from.places->begin() + std::ssize(*from.places) / batch_);
  const auto seen = arrangement(one, Dims(from.dims.begin() + 1, from.dims.end()), shape(from.node));
  if (std::holds_alternative<ChannelShuffle>(seen)) place(node, from);
  return from;
}

/// False where the operator does more than move values.
bool Importer::rearrange(const Node& node) {
  if (!views_known(node)) return false;
  const Traced from = settled(node);
  std::vector<View> moved = *views(call(node), from.dims);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    Traced to{from.node, std::move(moved[i].dims), from.places, name_of(node)};
    if (moved[i].places) to.places = composed(from.places, *std::move(moved[i].places));
    give(node, i, std::move(to));
  }
  return true;
}

/// SplitToSequence and SequenceAt: lists of values, as which newer exporters write what a split gives.
bool Importer::unpack(const Node& node) {
  if (node.op == "SplitToSequence") {
    const Traced from = settled(node);
    const auto parts = split_to_sequence(call(node), from.dims);
    Sequence sequence;
    for (const View& part : parts)
      sequence.parts.push_back({from.node, part.dims, composed(from.places, *part.places), name_of(node)});
    give(node, 0, std::move(sequence));
    return true;
  }
  if (node.op != "SequenceAt") return false;
  const Value* list = node.inputs.empty() ? nullptr : find(node.inputs[0]);
  const Tensor* at = constant(node, 1);
  need(list != nullptr && std::holds_alternative<Sequence>(*list) && at != nullptr && at->count() == 1, node,
       "takes no part of a sequence");
  const auto& parts = std::get<Sequence>(*list).parts;
  give(node, 0, parts[axis_of(node, integers(*at).front(), parts.size())]);
  return true;
}

/// Adds what a rearranged value needs, and lets it be that node's value from now on.
NodeId Importer::place(const Node& node, Traced& value) {
  const Shape source = shape(value.node);
  const Dims whole{batch_, source.c, source.h, source.w};
  const bool same =
      value.dims == whole || (source.h == 1 && source.w == 1 && value.dims == Dims{batch_, source.c});
  if (!value.places && same) return value.node;
  const auto refused = [&]() -> NodeId {
    refuse(node, "takes what ", value.name,
           " has put into an order zsq does not know; flattening, slicing and ",
           "channel shuffles of [n,c,h,w] are supported, the first extent for the batch");
  };
  if (value.dims.empty() || value.dims[0] != batch_) refused();
  const std::string name = value.name;
  const auto added = [&](const Op& op) { return graph_.add(unique(name), op, {value.node}); };
  const Dims rest(value.dims.begin() + 1, value.dims.end());
  if (!value.places) {
    const bool flat = rest.size() == 1 || (rest.size() == 3 && rest[1] == 1 && rest[2] == 1);
    value.node = flat ? added(Flatten{}) : refused();
    return value.node;
  }
  const std::int64_t each = std::ssize(*value.places) / batch_;
  take(each, node);
  const Dims first(value.places->begin(), value.places->begin() + each);
  for (std::int64_t i = each; i < std::ssize(*value.places); ++i)
    if ((*value.places)[static_cast<std::size_t>(i)] !=
        first[static_cast<std::size_t>(i % each)] + i / each * source.size())
      refused();
  value.node = std::visit(
      Overloaded{[&](Unchanged) { return value.node; }, [&](const Flatten& op) { return added(op); },
                 [&](const Slice& op) { return added(op); },
                 [&](const ChannelShuffle& op) { return added(op); }, [&](Broadcast) { return refused(); },
                 [&](Unrecognised) { return refused(); }},
      arrangement(first, rest, source));
  value.places.reset();
  return value.node;
}

NodeId Importer::input(const Node& node, std::size_t input) {
  Traced value = traced(node, input);
  if (value.dims.size() != 4 && value.dims.size() != 2)
    refuse(node, "takes a value of ", value.dims.size(),
           " axes; images [n,c,h,w] and features [n,c] are supported");
  const NodeId placed = place(node, value);
  values_[node.inputs[input]] = std::move(value);
  return placed;
}

std::optional<NodeId> Importer::viewed(const Node& node, std::size_t input) const {
  const Traced& value = traced(node, input);
  return value.places ? std::nullopt : std::optional(value.node);
}

}  // namespace zsq::onnx
