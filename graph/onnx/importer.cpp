#include "graph/onnx/importer.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "graph/arrangement.h"
#include "graph/onnx/constants.h"
#include "graph/onnx/handlers.h"
#include "graph/onnx/names.h"
#include "graph/rewrite.h"

namespace zsq::onnx {
namespace {

using Dims = std::vector<std::int64_t>;

/// Throws where the operator's name alone says that zsq cannot take it.
void check_known(const Node& node) {
  if (!node.refusal.empty()) refuse(node, node.refusal);
  if (node.op == "QuantizeLinear" || node.op == "DequantizeLinear" || node.op.starts_with("QLinear") ||
      node.op.ends_with("Integer"))
    refuse(node, "belongs to a network that is quantized already; give the float network");
  if (node.domain.empty() && handler_of(node) != nullptr) return;
  refuse(node,
         "is not supported; zsq reads convolutional networks of two dimensions; replace the operator, or "
         "leave that part outside the exported model");
}

/// Operators that give their first input, when nothing is trained.
bool gives_its_input(const Node& node) {
  return node.op == "Dropout" || node.op == "Cast" || node.op == "CastLike";
}

}  // namespace

Importer::Importer(const Model& model, const std::string& who,
                   std::unordered_map<std::string, Tensor> constants, const Shape& image,
                   std::size_t file_bytes)
    : model_(model), who_(who), batch_(1), budget_(file_bytes), constants_(std::move(constants)) {
  for (const auto& [name, tensor] : constants_) values_.emplace(name, tensor);
  for (const ValueInfo& value : model.inputs) {
    if (values_.contains(value.name)) continue;
    if (!value.dims.empty() && value.dims.front()) batch_ = *value.dims.front();
    const NodeId input = graph_.add(unique("input"), Input{image});
    values_[value.name] = Traced{input, {batch_, image.c, image.h, image.w}, {}, {}};
  }
}

Imported Importer::run() {
  for (const Node& node : model_.nodes) {
    try {
      read(node);
    } catch (const Error& e) {
      if (e.fault() != Fault::unsupported) throw;
      unsupported_.push_back({std::string(node.name), std::string(node.op), e.what()});
      for (std::size_t i = 0; i < node.outputs.size(); ++i) give(node, i, Lost{});
    }
  }
  if (!unsupported_.empty()) throw UnsupportedError("", unsupported_);
  Imported imported{.graph = {}, .output_names = {}, .warnings = {}, .producer = model_.producer};
  mark_outputs(imported);
  imported.graph = merge_padding(keep_needed(std::move(graph_)));
  imported.warnings = std::move(warnings_);
  return imported;
}

const Importer::Value* Importer::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

void Importer::give(const Node& node, std::size_t output, Value value) {
  if (output < node.outputs.size() && !node.outputs[output].empty())
    values_[node.outputs[output]] = std::move(value);
}

void Importer::read(const Node& node) {
  bool depends = false;
  for (const std::string_view name : node.inputs) {
    const Value* value = name.empty() ? nullptr : find(name);
    need(name.empty() || value != nullptr, node, "reads '", std::string(name).substr(0, 100),
         "', which nothing before it gives");
    if (value != nullptr && std::holds_alternative<Lost>(*value)) {
      for (std::size_t i = 0; i < node.outputs.size(); ++i) give(node, i, Lost{});
      if (!gives_its_input(node) && node.op != "Shape" && !views_known(node)) check_known(node);
      return;
    }
    depends |= value != nullptr && !std::holds_alternative<Tensor>(*value);
  }
  if (depends) return read_traced(node);
  const auto results = evaluate(call(node));
  if (!results)
    refuse(node, "computes a constant in a way that zsq does not know; save the model with constants folded");
  for (std::size_t i = 0; i < results->size(); ++i) give(node, i, (*results)[i]);
}

void Importer::read_traced(const Node& node) {
  if (node.domain.empty()) {
    if (node.op == "Shape" || node.op == "Size") {
      const Dims& all = dims(node, 0);
      return give(node, 0,
                  node.op == "Size" ? tensor_of(Dims{product(all, title(node))}, {}) : shape_of(node, all));
    }
    if (node.op == "CastLike" && !is_traced(node, 0)) {
      const Tensor* t = constant(node, 0);
      need(t != nullptr, node, "lacks its input");
      take(t->count(), node);
      return give(node, 0, tensor_of(floats(*t), t->dims));
    }
    if (gives_its_input(node)) {
      const std::int64_t to = node.integer("to", 1);
      if (node.op == "Cast" && to != 1 && to != 10 && to != 11 && to != 16)
        refuse(node, "makes integers of values computed from the image, which zsq does not do");
      return give(node, 0, traced(node, 0));
    }
    if (unpack(node) || rearrange(node)) return;
  }
  check_known(node);
  const NodeId result = handler_of(node)(*this, node);
  give(node, 0, Traced{result, dims_of(node, result), {}, {}});
}

/// A network's values have the extents of their node; two where they are features.
Dims Importer::dims_of(const Node& node, NodeId result) const {
  const Shape& s = shape(result);
  std::size_t axes = 4;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (is_traced(node, i)) axes = std::min(axes, dims(node, i).size());
  const bool drops = node.op == "ReduceMean" && node.integer("keepdims", 1) == 0;
  if (s.h == 1 && s.w == 1 && (axes == 2 || drops)) return {batch_, s.c};
  return {batch_, s.c, s.h, s.w};
}

bool Importer::is_traced(const Node& node, std::size_t input) const {
  if (input >= node.inputs.size() || node.inputs[input].empty()) return false;
  const Value* value = find(node.inputs[input]);
  return value != nullptr && std::holds_alternative<Traced>(*value);
}

const Importer::Traced& Importer::traced(const Node& node, std::size_t input) const {
  if (!is_traced(node, input))
    refuse(node, "has a constant as input ", input, ", where zsq needs a value computed from the image");
  return std::get<Traced>(*find(node.inputs[input]));
}

const Dims& Importer::dims(const Node& node, std::size_t input) const { return traced(node, input).dims; }

const Tensor* Importer::constant(const Node& node, std::size_t input) const {
  if (input >= node.inputs.size() || node.inputs[input].empty()) return nullptr;
  const Value* value = find(node.inputs[input]);
  if (value == nullptr || !std::holds_alternative<Tensor>(*value))
    refuse(node, "computes its input ", input, " from the image; only constants are supported there");
  return &std::get<Tensor>(*value);
}

std::vector<float> Importer::values(const Node& node, std::size_t input) {
  const Tensor* t = constant(node, input);
  if (t == nullptr) return {};
  take(t->count(), node);
  std::vector<float> all = floats(*t);
  need(std::ranges::all_of(all, [](float v) { return std::isfinite(v); }), node, "has a value in '",
       std::string(node.inputs[input]).substr(0, 100), "' that is not finite");
  return all;
}

Array Importer::weights(const Node& node, std::size_t input) {
  const Tensor* t = constant(node, input);
  need(t != nullptr, node, "lacks its weights");
  if (t->dims.size() != 4)
    refuse(node, "has weights of ", t->dims.size(), " axes; zsq supports layers of two dimensions");
  return {{t->dims[0], t->dims[1], t->dims[2], t->dims[3]}, values(node, input)};
}

Call Importer::call(const Node& node) {
  return {node, model_.opset, [this, &node](std::size_t input) { return constant(node, input); }, budget_};
}

NodeId Importer::add(const Node& node, Op op, std::vector<NodeId> inputs,
                     std::optional<std::size_t> parameter) {
  std::string name = parameter && *parameter < node.inputs.size() ? owner_of(node.inputs[*parameter]) : "";
  if (name.empty()) name = name_of(node);
  return graph_.add(unique(std::move(name)), std::move(op), std::move(inputs));
}

NodeId Importer::add_scale(const Node& node, NodeId x, std::vector<float> factor, std::vector<float> offset) {
  const std::int64_t channels = shape(x).c;
  take(2 * channels, node);
  return add(node,
             Conv2d{Array{{channels, 1, 1, 1}, std::move(factor)}, std::move(offset), Window{},
                    narrow(node, channels)},
             {x});
}

void Importer::warn(const std::string& text) {
  if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(text);
}

std::string Importer::unique(std::string name) {
  std::string free = name;
  for (int copy = 1; !taken_.insert(free).second; ++copy) free = name + "_" + std::to_string(copy);
  return free;
}

void Importer::mark_outputs(Imported& imported) {
  check(!model_.outputs.empty(), Fault::model, who_, " has no outputs; save the model again");
  for (const ValueInfo& output : model_.outputs) {
    const Value* value = find(output.name);
    check(value != nullptr, Fault::model, who_, " has an output that nothing gives; save the model again");
    const std::string name(output.name);
    if (!std::holds_alternative<Traced>(*value)) {
      warnings_.push_back("The output '" + name + "' does not depend on the image and is left out.");
      continue;
    }
    const Node last{.op = "output", .inputs = {output.name}, .outputs = {output.name}};
    const NodeId node = input(last, 0);
    if (graph_.is_output(node) && !imported.output_names.empty()) {
      warnings_.push_back("The output '" + name + "' is the same as another and is left out.");
      continue;
    }
    graph_.mark_output(node);
    imported.output_names.push_back(name);
  }
  check(!imported.output_names.empty(), Fault::model, who_, ": none of its outputs depends on its input");
}

}  // namespace zsq::onnx
