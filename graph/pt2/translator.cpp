#include "graph/pt2/translator.h"

#include <algorithm>

namespace zsq::pt2 {
namespace {

constexpr std::int64_t kOpset = 18;  // whose operators are written

/// "conv2d" of "aten.conv2d.padding" and of "aten.conv2d_.default"
std::string_view base_of(std::string_view target) {
  if (!target.starts_with("aten.")) return {};
  target.remove_prefix(5);
  target = target.substr(0, target.find('.'));
  if (target.ends_with('_') && !target.ends_with("__")) target.remove_suffix(1);
  return target;
}

Emit emit_of(std::string_view target) {
  for (const Operators* table :
       {&layer_operators(), &value_operators(), &arithmetic_operators(), &moving_operators()})
    for (const std::string_view name : {base_of(target), target})
      if (const auto found = table->find(name); found != table->end()) return found->second;
  return nullptr;
}

/// What checks the program when it runs and gives nothing.
bool is_assertion(const Call& call) {
  return call.results.empty() || base_of(call.target).starts_with("_assert") ||
         base_of(call.target).starts_with("sym_constrain");
}

}  // namespace

Translator::Translator(const Program& program, const std::unordered_map<std::string, onnx::Tensor>& tensors)
    : program_(program) {
  for (const Stored& s : program.stored)
    if (const auto found = tensors.find(s.parameter); found != tensors.end()) {
      stored_.emplace(found->first, &found->second);
      parameters_.emplace(s.name, found->first);
    }
}

onnx::Model Translator::run() {
  model_.producer = program_.producer;
  model_.opset = kOpset;
  for (const auto& [name, tensor] : stored_) model_.initializers.push_back({name, *tensor, {}});
  for (const std::string& name : program_.inputs) {
    const auto sizes = program_.sizes.find(name);
    model_.inputs.push_back({name, true, sizes == program_.sizes.end() ? Sizes{} : sizes->second});
  }
  for (const std::string& name : program_.outputs) model_.outputs.push_back({renamed(name), true, {}});
  for (const Call& call : program_.calls) translate(call);
  return std::move(model_);
}

void Translator::translate(const Call& call) {
  if (is_assertion(call)) return;
  const Emit emit_call = emit_of(call.target);
  const std::size_t before = model_.nodes.size();
  std::string reason;
  if (emit_call != nullptr) try {
      return emit_call(*this, call);
    } catch (const Error& e) {
      if (e.fault() != Fault::unsupported) throw;
      reason = e.what();
    }
  model_.nodes.resize(before);
  std::vector<std::string_view> inputs;
  for (const auto& [name, value] : call.arguments)
    if (const auto* tensors = std::get_if<Tensors>(&value))
      for (const std::string& t : tensors->names) inputs.push_back(renamed(t));
  emit(call, call.target, std::move(inputs)).refusal = keep(std::move(reason));
}

std::string_view Translator::renamed(std::string_view name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? name : found->second;
}

std::vector<std::string_view> Translator::tensors(const Call& call, std::string_view argument) const {
  const Value* value = call.find(argument);
  if (value == nullptr) return {};
  const auto* given = std::get_if<Tensors>(value);
  if (given == nullptr) refuse("has no tensor as '", argument, "'");
  std::vector<std::string_view> names;
  for (const std::string& name : given->names) names.push_back(renamed(name));
  return names;
}

std::string_view Translator::tensor(const Call& call, std::string_view argument) const {
  const auto names = tensors(call, argument);
  if (names.size() > 1) refuse("has ", names.size(), " tensors as '", argument, "', needed one");
  return names.empty() ? std::string_view() : names.front();
}

std::vector<std::int64_t> Translator::integers(const Call& call, std::string_view argument) const {
  const Value* value = call.find(argument);
  if (value == nullptr) return {};
  const auto* given = std::get_if<Integers>(value);
  if (given == nullptr) refuse("has no integers as '", argument, "'");
  std::vector<std::int64_t> all;
  for (const Extent& e : given->values) {
    const auto* number = std::get_if<std::int64_t>(&e);
    if (number == nullptr) refuse("has a '", argument, "' that is known only when the program runs");
    all.push_back(*number);
  }
  return all;
}

std::int64_t Translator::integer(const Call& call, std::string_view argument, std::int64_t absent) const {
  const auto all = integers(call, argument);
  return all.size() == 1 ? all.front() : absent;
}

double Translator::number(const Call& call, std::string_view argument, double absent) const {
  const Value* value = call.find(argument);
  if (value == nullptr) return absent;
  if (const auto* given = std::get_if<Numbers>(value); given != nullptr && given->values.size() == 1)
    return given->values.front();
  const auto whole = integers(call, argument);
  if (whole.size() != 1) refuse("has ", whole.size(), " numbers as '", argument, "', needed one");
  return static_cast<double>(whole.front());
}

std::string Translator::text(const Call& call, std::string_view argument, std::string_view absent) const {
  const Value* value = call.find(argument);
  const auto* given = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return given == nullptr ? std::string(absent) : *given;
}

std::vector<std::int64_t> Translator::pair(const Call& call, std::string_view argument,
                                           const std::vector<std::int64_t>& absent) const {
  auto all = integers(call, argument);
  if (all.empty()) all = absent;
  if (all.size() == 1) all.push_back(all.front());
  if (all.size() != 2)
    refuse("has ", all.size(), " numbers as '", argument, "'; zsq supports two dimensions");
  return all;
}

std::size_t Translator::rank(const Call& call, std::string_view argument) const {
  const Value* value = call.find(argument);
  const auto* given = value == nullptr ? nullptr : std::get_if<Tensors>(value);
  if (given != nullptr && given->names.size() == 1)
    if (const auto sizes = program_.sizes.find(given->names.front()); sizes != program_.sizes.end())
      return sizes->second.size();
  refuse("has a '", argument, "' of which the file does not say the extents");
}

std::string_view Translator::operand(const Call& call, std::string_view argument) {
  const Value* value = call.find(argument);
  if (value != nullptr && std::holds_alternative<Tensors>(*value)) return tensor(call, argument);
  if (value != nullptr && std::holds_alternative<Integers>(*value)) {
    const Extent& first = std::get<Integers>(*value).values.empty()
                              ? Extent{std::int64_t{0}}
                              : std::get<Integers>(*value).values.front();
    if (const auto* name = std::get_if<std::string>(&first)) return *name;
    return constant(std::get<std::int64_t>(first));
  }
  if (value == nullptr || !std::holds_alternative<Numbers>(*value))
    refuse("has neither a tensor nor a number as '", argument, "'");
  return constant(static_cast<float>(number(call, argument, 0)));
}

std::string_view Translator::extents(const Call& call, std::string_view argument) {
  const Value* value = call.find(argument);
  const auto* given = value == nullptr ? nullptr : std::get_if<Integers>(value);
  if (given == nullptr) refuse("has no integers as '", argument, "'");
  const bool known = std::ranges::all_of(
      given->values, [](const Extent& e) { return std::holds_alternative<std::int64_t>(e); });
  if (known) return constant(integers(call, argument));
  std::vector<std::string_view> parts;
  const std::string_view front = constant(std::vector<std::int64_t>{0});
  for (const Extent& e : given->values)
    if (const auto* name = std::get_if<std::string>(&e))
      parts.push_back(intermediate(call, "Unsqueeze", {*name, front}));
    else
      parts.push_back(constant(std::vector{std::get<std::int64_t>(e)}));
  return intermediate(call, "Concat", std::move(parts), {attribute("axis", std::int64_t{0})});
}

std::string_view Translator::constant(onnx::Tensor tensor) {
  return add_stored("constant " + std::to_string(++made_), std::move(tensor));
}
std::string_view Translator::constant(const std::vector<std::int64_t>& values) {
  return constant(onnx::tensor_of(values, {std::ssize(values)}));
}
std::string_view Translator::constant(std::int64_t value) {
  return constant(onnx::tensor_of(std::vector{value}, {}));
}
std::string_view Translator::constant(float value) {
  return constant(onnx::tensor_of(std::vector{value}, {}));
}

const onnx::Tensor* Translator::stored(std::string_view name) const {
  const auto found = stored_.find(name);
  return found == stored_.end() ? nullptr : found->second;
}

std::string_view Translator::add_stored(std::string name, onnx::Tensor tensor) {
  const std::string_view kept = keep(std::move(name));
  model_.initializers.push_back({kept, std::move(tensor), {}});
  return kept;
}

onnx::Node Translator::node(const Call& call, std::string_view op, std::vector<std::string_view> inputs) {
  while (!inputs.empty() && inputs.back().empty()) inputs.pop_back();
  const std::string own(base_of(call.target));
  return {.name = keep(call.module.empty() ? call.name : "/" + call.module + "/" + own),
          .op = op,
          .domain = {},
          .inputs = std::move(inputs),
          .outputs = {},
          .attributes = {},
          .origin = call.target,
          .refusal = {}};
}

onnx::Node& Translator::emit(const Call& call, std::string_view op, std::vector<std::string_view> inputs) {
  onnx::Node made = node(call, op, std::move(inputs));
  made.outputs.assign(call.results.begin(), call.results.end());
  return model_.nodes.emplace_back(std::move(made));
}

std::string_view Translator::intermediate(const Call& call, std::string_view op,
                                          std::vector<std::string_view> inputs,
                                          std::vector<onnx::Attribute> attributes) {
  onnx::Node made = node(call, op, std::move(inputs));
  made.outputs = {keep(call.name + " " + std::to_string(++made_))};
  made.attributes = std::move(attributes);
  return model_.nodes.emplace_back(std::move(made)).outputs.front();
}

}  // namespace zsq::pt2
